using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// The actions shelve, shelveOffload and unshelve. As with Nova's default (shelved_offload_time 0) a shelved server leaves its
/// host at once.
/// </summary>
internal sealed class ServerShelves(CloudParts parts, ImagesRoom images, ShelveServer shelve, UnshelveServer unshelve)
{
    private static readonly Shape Place = Shape.OrNull(Shape.Object(
        Member.Must("availability_zone", Shape.Text(1, 255)).Until(2, 90),
        Member.May("availability_zone", Shape.OrNull(Shape.Text(1, 255))).Since(2, 91),
        Member.May("host", ComputeShapes.HostName).Since(2, 91)));

    public async Task<Reply> Shelve(ApiRequest request)
    {
        await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Launched(
                ServerGuard.Require(tx, request, request[0], "shelve", VmState.Active, VmState.Stopped, VmState.Paused, VmState.Suspended), "shelve");
            ServerRoot.Require(tx, server, "shelve");
            var image = server.BootsFromVolume ? null : Guid.NewGuid().ToString();
            if (image is not null)
                images.CreateDerived(tx, request.Caller, ServerImages.Of(server, image, $"{server.Name}-shelved", "snapshot", new Dictionary<string, string>()));
            ServerReturns.Save(tx, server.Id, new ServerReturn(server.VmState, null, image));
            shelve.Begin(tx, request, server, TaskState.Shelving, "shelve", new ServerTaskState
            {
                ServerId = server.Id,
                RequestId = request.RequestId,
                Change = new ServerChange
                {
                    WasState = server.VmState,
                    WasRunning = server.PowerState is PowerState.Running or PowerState.Paused,
                    ImageId = image,
                },
            });
        });
        return Reply.Empty(202);
    }

    /// <summary>For servers that rest in SHELVED; here shelving goes on to SHELVED_OFFLOADED by itself, so there is none.</summary>
    public Task<Reply> Offload(ApiRequest request)
    {
        var server = parts.Database.Read(tx => ServerGuard.Unlocked(tx, request, request[0]));
        throw ServerGuard.Wrong(server, "shelveOffload", "vm_state", server.VmState);
    }

    public async Task<Reply> Unshelve(ApiRequest request)
    {
        var body = await request.Body("unshelve", Shape.Any);
        if (request.At(2, 77)) Place.Check(body, "unshelve", request.Version);
        var host = request.At(2, 91) ? body.GetText("host") : null;
        if (host is not null)
            request.Authorize("os_compute_api:os-shelve:unshelve_to_host", PolicyTarget.OwnedBy(request.Caller.ProjectId, request.Caller.UserId));
        await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Require(tx, request, request[0], "unshelve", VmState.Shelved, VmState.ShelvedOffloaded);
            ServerRoot.Require(tx, server, "unshelve");
            unshelve.Begin(tx, request, server, TaskState.Unshelving, "unshelve", new ServerTaskState
            {
                ServerId = server.Id,
                RequestId = request.RequestId,
                Change = new ServerChange
                {
                    WasState = server.VmState,
                    ImageId = ServerReturns.Find(tx, server.Id)?.ShelvedImageId,
                    Host = host,
                    SetsZone = request.At(2, 77) && body.Has("availability_zone"),
                    Zone = request.At(2, 77) ? body.GetText("availability_zone") : null,
                },
            });
        });
        return Reply.Empty(202);
    }
}

/// <summary>The description of an image that is made of a server. Rule: nova/compute/api.py, _create_image.</summary>
internal static class ServerImages
{
    public static DerivedImage Of(ServerRecord server, string id, string name, string kind, IReadOnlyDictionary<string, string> more)
    {
        var properties = new Dictionary<string, string>(server.Image.Properties, StringComparer.Ordinal);
        foreach (var (key, value) in more) properties[key] = value;
        properties["image_type"] = kind;
        properties["instance_uuid"] = server.Id;
        properties["user_id"] = server.UserId;
        if (server.ImageId is { } source) properties["base_image_ref"] = source;
        return new DerivedImage
        {
            Id = id,
            Name = name,
            MinDiskGib = Math.Max(server.Image.MinDiskGib, server.Flavor.DiskGib),
            MinRamMib = server.Image.MinRamMib,
            Properties = properties,
        };
    }
}
