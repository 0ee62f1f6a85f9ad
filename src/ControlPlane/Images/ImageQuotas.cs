using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Images;

/// <summary>
/// What a project, and one image, may have. Usage is counted from the rows inside the transaction that adds to it.
/// Names as in Glance's unified limits; -1 is no limit.
/// </summary>
internal static class ImageQuotas
{
    public const int MaxProperties = 128;
    public const int MaxTags = 128;
    public const int MaxMembers = 128;

    private const long MaxImages = 10_000;
    private const long MaxUploads = 100;
    private const long Unlimited = -1;
    private const long Mebibyte = 1 << 20;

    /// <summary>A limit and what is used of it; sizes in MiB.</summary>
    public readonly record struct Quota(string Name, long Limit, long Usage);

    public static IReadOnlyList<Quota> Of(Tx tx, string? project) =>
    [
        new("image_size_total", Unlimited, Size(tx, project, "'active', 'deactivated', 'saving'") / Mebibyte),
        new("image_stage_total", Unlimited, Size(tx, project, "'uploading', 'importing'") / Mebibyte),
        new("image_count_total", MaxImages, Images(tx, project)),
        new("image_count_uploading", MaxUploads, Uploads(tx, project)),
    ];

    /// <summary>413 where one more image is too many.</summary>
    public static void RequireRoomForImage(Tx tx, string? project) => Require("image_count_total", Images(tx, project), MaxImages);

    /// <summary>413 where one more running upload is too many.</summary>
    public static void RequireRoomForUpload(Tx tx, string? project) => Require("image_count_uploading", Uploads(tx, project), MaxUploads);

    public static void RequireDetails(ImageRecord image)
    {
        Bound("image properties", image.Properties.Count, MaxProperties);
        Bound("image tags", image.Tags.Count, MaxTags);
    }

    public static void Bound(string what, int attempted, int most)
    {
        if (attempted > most)
            throw Fault.TooLarge($"The limit has been exceeded on the number of allowed {what}. Attempted: {attempted}, Maximum: {most}");
    }

    private static void Require(string name, long used, long limit)
    {
        if (used >= limit)
            throw Fault.TooLarge($"Project is over quota: {name} is limited to {limit}, {used} are used; delete some first.");
    }

    private static long Images(Tx tx, string? project) => tx.Count($"SELECT COUNT(*) FROM images WHERE owner = {project}");

    private static long Uploads(Tx tx, string? project) =>
        tx.Count($"SELECT COUNT(*) FROM images WHERE owner = {project} AND status IN ('saving', 'uploading', 'importing') AND derived = 0");

    private static long Size(Tx tx, string? project, string statuses) =>
        tx.Count($"SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM images WHERE owner = {project} AND status IN ({Sql.Raw(statuses)})");
}
