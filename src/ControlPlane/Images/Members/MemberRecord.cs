using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Images.Members;

/// <summary>A project that an image is shared with.</summary>
/// <param name="Status">pending, accepted, rejected: what the member answered.</param>
internal sealed record MemberRecord(string ImageId, string MemberId, string Status, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

internal static class MemberStore
{
    private const string Columns = "image_id, member_id, status, created_at, updated_at";

    public static List<MemberRecord> Of(Tx tx, string imageId) =>
        tx.Query($"SELECT {Sql.Raw(Columns)} FROM image_members WHERE image_id = {imageId} ORDER BY created_at, member_id", Read);

    public static MemberRecord? Find(Tx tx, string imageId, string memberId) =>
        tx.Find($"SELECT {Sql.Raw(Columns)} FROM image_members WHERE image_id = {imageId} AND member_id = {memberId}", Read);

    public static void Insert(Tx tx, MemberRecord member) => tx.Execute($"""
        INSERT INTO image_members (image_id, member_id, status, created_at, updated_at)
        VALUES ({member.ImageId}, {member.MemberId}, {member.Status}, {member.CreatedAt}, {member.UpdatedAt})
        """);

    public static void SetStatus(Tx tx, MemberRecord member) => tx.Execute($"""
        UPDATE image_members SET status = {member.Status}, updated_at = {member.UpdatedAt}
        WHERE image_id = {member.ImageId} AND member_id = {member.MemberId}
        """);

    public static void Delete(Tx tx, MemberRecord member) =>
        tx.Execute($"DELETE FROM image_members WHERE image_id = {member.ImageId} AND member_id = {member.MemberId}");

    private static MemberRecord Read(Row row) => new(row.Text(), row.Text(), row.Text(), row.Time(), row.Time());
}
