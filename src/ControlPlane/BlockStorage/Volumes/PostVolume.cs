using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <summary>POST volumes: blank, or from an image, a snapshot, a volume or a backup.</summary>
internal sealed class PostVolume(BlockStorageRoom room)
{
    private static readonly ObjectShape Until352 = Shape.Object(Members()).Open();
    private static readonly ObjectShape Since353 = Shape.Object(Members());

    private static Member[] Members() =>
    [
        Member.May("name", BodyShapes.NameOrNull),
        Member.May("description", BodyShapes.DescriptionOrNull),
        Member.May("display_name", BodyShapes.NameOrNull),
        Member.May("display_description", BodyShapes.DescriptionOrNull),
        Member.May("volume_type", BodyShapes.NameOrNull),
        Member.May("metadata", BodyShapes.PairsOrNull),
        Member.May("snapshot_id", BodyShapes.UuidOrNull),
        Member.May("source_volid", BodyShapes.UuidOrNull),
        Member.May("consistencygroup_id", BodyShapes.UuidOrNull),
        Member.May("size", Shape.OrNull(BodyShapes.Size)),
        Member.May("availability_zone", Shape.OrNull(Shape.Text(1, 255))),
        Member.May("multiattach", Shape.OrNull(Shape.Flag)),
        Member.May("image_id", BodyShapes.NameOrNull),
        Member.May("imageRef", BodyShapes.NameOrNull),
        Member.May("group_id", BodyShapes.NameOrNull).Since(3, 13),
        Member.May("backup_id", BodyShapes.UuidOrNull).Since(3, 47),
    ];

    public async Task<Reply> Handle(ApiRequest request)
    {
        var body = await request.Body("volume", request.At(3, 53) ? Since353 : Until352);
        // Cinder up to Zed took it beside the volume type; who still sends it means it.
        if (body.GetFlag("multiattach") == true) request.Authorize("volume:multiattach", PolicyTarget.OwnedBy(request.ProjectId));
        var details = await room.Parts.Database.Write(tx =>
        {
            var wanted = new NewVolume
            {
                Name = (body.GetText("name") ?? body.GetText("display_name"))?.Trim(),
                Description = (body.GetText("description") ?? body.GetText("display_description"))?.Trim(),
                SizeGib = body.GetLong("size"),
                VolumeType = body.GetText("volume_type") is { Length: > 0 } type ? type : null,
                AvailabilityZone = body.GetText("availability_zone"),
                Multiattach = body.GetFlag("multiattach") == true,
                Metadata = body.GetMap("metadata"),
                Source = Source(tx, request, body),
                GroupId = body.GetText("consistencygroup_id") ?? (request.At(3, 13) ? body.GetText("group_id") : null),
            };
            var started = room.CreateVolume.Begin(tx, request.Caller, request.ProjectId, wanted, request.RequestId);
            return VolumeDetails.Of(tx, VolumeStore.Find(tx, started.VolumeId)!);
        });
        return JsonWriting.Wrapped("volume", json => VolumeJson.WriteDetail(json, request, details, extended: false), 202);
    }

    private VolumeSource Source(Tx tx, ApiRequest request, JsonElement body)
    {
        var image = body.GetText("imageRef") ?? body.GetText("image_id");
        var sources = new List<VolumeSource>();
        if (body.GetText("snapshot_id") is { } snapshot) sources.Add(new VolumeSource.FromSnapshot(snapshot));
        if (body.GetText("source_volid") is { } volume) sources.Add(new VolumeSource.FromVolume(volume));
        if (image is not null) sources.Add(FromImage(tx, request, image));
        if (request.At(3, 47) && body.GetText("backup_id") is { } backup) sources.Add(new VolumeSource.FromBackup(backup));
        return sources switch
        {
            [] => new VolumeSource.Blank(),
            [var one] => one,
            _ => throw BlockStorageFault.InvalidInput("May specify only one of snapshot_id, source_volid, imageRef, backup_id"),
        };
    }

    // By id, by a URL that ends in the id, or by a name that only one visible image has.
    private VolumeSource FromImage(Tx tx, ApiRequest request, string reference)
    {
        var id = reference.Split('/')[^1];
        var image = Guid.TryParse(id, out _) ? room.Images.Find(tx, request.Caller, id) : null;
        if (image is null)
        {
            var named = tx.Query($"SELECT id FROM images WHERE name = {reference}", row => row.Text())
                .Select(found => room.Images.Find(tx, request.Caller, found)).OfType<Images.ImageRecord>().ToList();
            if (named.Count > 1)
                throw Fault.Conflict($"Multiple matches found for '{reference.Truncated()}', use an ID to be more specific.");
            image = named.SingleOrDefault()
                ?? throw Fault.BadRequest("Invalid image identifier or unable to access requested image.");
        }
        return request.At(3, 46) && SnapshotOf(image) is { } snapshot
            ? new VolumeSource.FromSnapshot(snapshot)
            : new VolumeSource.FromImage(image.Id);
    }

    // An image of a volume-backed server has no bytes; its first disk is a snapshot here.
    private static string? SnapshotOf(Images.ImageRecord image)
    {
        if (!image.Properties.TryGetValue("block_device_mapping", out var text)) return null;
        try
        {
            using var mapping = JsonDocument.Parse(text);
            if (mapping.RootElement.ValueKind != JsonValueKind.Array) return null;
            return mapping.RootElement.EnumerateArray()
                .FirstOrDefault(d => d.GetText("source_type") == "snapshot" && d.GetLong("boot_index") == 0).GetText("snapshot_id");
        }
        catch (JsonException)
        {
            // The property is the image owner's to write: what is no mapping is no snapshot.
            return null;
        }
    }
}
