using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.BlockStorage.Snapshots;

/// <summary>POST snapshots. Until 3.65 a volume in use needs <c>force</c>; from 3.66 it does not, and saying no is an error.</summary>
internal sealed class PostSnapshot(BlockStorageRoom room)
{
    private static readonly ObjectShape Shape = Api.Shape.Object(
        Member.Must("volume_id", BodyShapes.UuidOrNull),
        Member.May("name", BodyShapes.NameOrNull),
        Member.May("display_name", BodyShapes.NameOrNull),
        Member.May("description", BodyShapes.DescriptionOrNull),
        Member.May("force", Api.Shape.Flag),
        Member.May("metadata", BodyShapes.PairsOrNull));

    public async Task<Reply> Handle(ApiRequest request)
    {
        var body = await request.Body("snapshot", Shape);
        var force = body.GetFlag("force");
        if (request.At(3, 66) && force == false)
            throw Fault.BadRequest("Since microversion 3.66 the 'force' flag is invalid for this request.  For backward compatability, however, when the 'force' flag is passed with a value evaluating to True, it is silently ignored.");
        var wanted = new NewSnapshot
        {
            VolumeId = body.GetText("volume_id") ?? throw BlockStorageFault.NoVolume("None"),
            Name = (body.GetText("name") ?? body.GetText("display_name"))?.Trim(),
            Description = body.GetText("description")?.Trim(),
            InUse = force == true || request.At(3, 66),
            Metadata = body.GetMap("metadata"),
        };
        var details = await room.Parts.Database.Write(tx =>
        {
            var started = room.CreateSnapshot.Begin(tx, request.Caller, wanted, request.RequestId);
            return SnapshotDetails.Of(tx, SnapshotStore.Find(tx, started.SnapshotId)!);
        });
        return JsonWriting.Wrapped("snapshot", json => SnapshotJson.Write(json, request, details, detail: true, extended: false), 202);
    }
}
