using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;
using Cumulet.Disks;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>rebuild: the local root disk anew from an image; ports, volumes and the server's id stay.</summary>
internal sealed class RebuildServer(
    CloudParts parts, IHypervisor hypervisor, GuestBoot boot, LayersRoom layers, ImagesRoom images, ServerViews views, ServerNeeds needs)
    : ServerTask(parts, "rebuild-server")
{
    private static readonly Shape Body = Shape.Object(
        Member.Must("imageRef", Shape.Uuid),
        Member.May("name", Shape.Name()),
        Member.May("adminPass", Shape.Text()),
        Member.May("metadata", Shape.Map(ComputeShapes.MetadataKey, Shape.Text(0, 255))),
        Member.May("preserve_ephemeral", Shape.Flag),
        Member.May("OS-DCF:diskConfig", Shape.OneOf("AUTO", "MANUAL")),
        Member.May("accessIPv4", Shape.Text(0, 45)),
        Member.May("accessIPv6", Shape.Text(0, 45)),
        Member.May("personality", Shape.Any).Until(2, 56),
        Member.May("description", Shape.OrNull(Shape.Text(0, 255))).Since(2, 19),
        Member.May("key_name", Shape.OrNull(Shape.Name())).Since(2, 54),
        Member.May("user_data", Shape.OrNull(Shape.Text(0, 65535))).Since(2, 57),
        Member.May("trusted_image_certificates", Shape.Null).Since(2, 63),
        Member.May("hostname", Shape.Text(1, 255, @"^[a-zA-Z0-9\-.]+$")).Since(2, 90));

    public async Task<Reply> Handle(ApiRequest request)
    {
        var wanted = await request.Body("rebuild", Body);
        var view = await Parts.Database.Write(tx =>
        {
            var server = ServerGuard.Require(tx, request, request[0], "rebuild", VmState.Active, VmState.Stopped, VmState.Error);
            if (server.BootsFromVolume)
                throw Fault.BadRequest("Unable to rebuild with a different image for a volume-backed server: its root is a volume; make a new server from the image.");
            var image = images.Find(tx, request.Caller, wanted.GetText("imageRef")!) ?? throw Fault.BadRequest("Cannot find image for rebuild");
            if (!image.IsActive) throw Fault.BadRequest($"Image {image.Id} is not active.");
            var size = Math.Max(image.VirtualSizeBytes ?? 0, image.MinDiskGib << 30);
            if (server.Flavor.DiskGib > 0 && size > server.Flavor.DiskGib << 30)
                throw Fault.BadRequest($"Flavor's disk is too small for requested image. Flavor disk is {server.Flavor.DiskGib << 30} bytes, image is {size} bytes.");
            Change(tx, request, server, wanted, image);
            Begin(tx, request, ServerStore.Find(tx, server.Id)!, TaskState.Rebuilding, "rebuild",
                new ServerTaskState { ServerId = server.Id, RequestId = request.RequestId, Subject = image.Id });
            return views.One(tx, ServerStore.Find(tx, server.Id)!);
        });
        return ShowServer.Answer(request, view, ServerForm.Rebuild, 202).With("Location", ComputeLinks.Self(request, "servers", view.Server.Id));
    }

    private void Change(Tx tx, ApiRequest request, ServerRecord server, System.Text.Json.JsonElement wanted, ImageRecord image)
    {
        var key = wanted.GetText("key_name") is { } name
            ? needs.FindKeypair(tx, request.Caller.UserId, name) ?? throw Fault.BadRequest("Invalid key_name provided.")
            : wanted.Has("key_name") ? null : server.KeyName is null ? null : new ServerKey(server.KeyName, server.KeyType ?? "ssh", server.KeyData!);
        var kept = new ServerImage
        {
            Name = image.Name,
            MinDiskGib = image.MinDiskGib,
            MinRamMib = image.MinRamMib,
            Properties = image.Properties.ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal),
        };
        tx.Execute($"""
            UPDATE servers SET name = {wanted.GetText("name")?.Trim() ?? server.Name}, image_id = {image.Id},
                image = {System.Text.Json.JsonSerializer.Serialize(kept, ServerRowJson.Default.ServerImage)},
                description = {(wanted.Has("description") ? wanted.GetText("description") : server.Description)},
                user_data = {(wanted.Has("user_data") ? wanted.GetText("user_data") : server.UserData)},
                hostname = {wanted.GetText("hostname") ?? server.HostName},
                key_name = {key?.Name}, key_type = {key?.Type}, key_data = {key?.PublicKey}
            WHERE id = {server.Id}
            """);
        if (!wanted.Has("metadata")) return;
        ServerStore.ClearMetadata(tx, server.Id);
        foreach (var (item, value) in wanted.GetMap("metadata")) ServerStore.SetMetadata(tx, server.Id, item, value);
    }

    protected override void Define(StepList<ServerTaskState> steps) => steps
        .Do("end guest", async (state, cancel) =>
        {
            await hypervisor.Destroy(Guid.Parse(state.ServerId), cancel);
            return state;
        })
        // The old root is gone from here on.
        .NoReturn()
        .Commit("plan root", PlanRoot)
        .Do("make root", async (state, cancel) =>
        {
            await layers.Make(state.NewHead!.Value, cancel);
            return state;
        })
        .Do("start guest", async (state, cancel) =>
        {
            try
            {
                await boot.Start(state.ServerId, cancel);
                return state;
            }
            catch (HypervisorException failure)
            {
                // Nothing to go back to: the server is in ERROR, and a hard reboot tries again.
                return state with { Kind = failure.Message };
            }
        });

    private ServerTaskState PlanRoot(Tx tx, ServerTaskState state)
    {
        var server = ServerStore.Find(tx, state.ServerId)!;
        var root = ServerDiskStore.Of(tx, server.Id).First(d => d.Role == DiskRole.Root);
        var parent = images.FindAny(tx, state.Subject!)?.BootLayerId
            ?? throw new Fault(FaultKind.ServerError, $"Image {state.Subject} could not be found.");
        var holder = new LayerHolder("server-disk", $"{server.Id}/{root.Id}");
        layers.Release(tx, holder);
        var plan = new LayerPlan(Guid.NewGuid(), LayerOrigin.Clone, parent, DiskFormat.Qcow2,
            Math.Max(layers.Find(tx, parent)!.VirtualSize, server.Flavor.DiskGib << 30), holder);
        layers.Plan(tx, plan);
        ServerDiskStore.SetLayer(tx, root.Id, plan.Id);
        return state with { NewHead = plan.Id };
    }

    protected override void Finished(Tx tx, ServerTaskState state)
    {
        base.Finished(tx, state);
        if (ServerStore.Find(tx, state.ServerId) is not { } server) return;
        var works = state.Kind is null;
        ServerStore.SaveState(tx, server, server with
        {
            VmState = works ? VmState.Active : VmState.Error,
            PowerState = works ? PowerState.Running : PowerState.Shutdown,
            LaunchedAt = works ? Now : server.LaunchedAt,
        }, Now);
        if (!works) ServerStore.AddFault(tx, server.Id, new ServerFault(500, state.Kind!, null, Now));
    }
}
