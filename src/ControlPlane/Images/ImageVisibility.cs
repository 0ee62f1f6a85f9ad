using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Images;

/// <summary>
/// Which images a caller sees at all. Rule (Image API, image sharing): one's own, public and community ones, and those
/// shared with one's project, whatever the project answered; administrators see every image.
/// </summary>
internal static class ImageVisibility
{
    public static readonly string[] Values = ["community", "public", "private", "shared"];

    /// <summary>The condition on <c>images i</c> for reading one image by its id.</summary>
    public static Sql OfOne(Caller caller) => caller.IsAdmin ? Sql.Raw("1 = 1") : new Sql().Add($"""
        (i.visibility IN ('public', 'community') OR i.owner IS NULL OR i.owner = {caller.ProjectId}
         OR (i.visibility = 'shared' AND EXISTS (
             SELECT 1 FROM image_members m WHERE m.image_id = i.id AND m.member_id = {caller.ProjectId})))
        """);

    /// <summary>
    /// The condition for a list. A list without <c>visibility</c> leaves out the community's images of others, and shows
    /// only those shared ones whose membership is in <paramref name="memberStatus"/> (<c>all</c>: any).
    /// </summary>
    public static Sql OfList(Caller caller, string? visibility, string memberStatus)
    {
        var sql = new Sql();
        if (caller.IsAdmin) sql.Add(Sql.Raw("1 = 1"));
        else sql.Add($"""
            (i.visibility IN ('public', 'community') OR i.owner = {caller.ProjectId}
             OR (i.visibility = 'shared' AND EXISTS (
                 SELECT 1 FROM image_members m WHERE m.image_id = i.id AND m.member_id = {caller.ProjectId}
                     AND ({memberStatus} = 'all' OR m.status = {memberStatus}))))
            """);
        if (visibility is null) sql.Add($" AND (i.visibility <> 'community' OR i.owner = {caller.ProjectId})");
        else if (visibility != "all") sql.Add($" AND i.visibility = {visibility}");
        return sql;
    }
}
