using System.Security.Cryptography;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>The action rebuild: the rows change with the request, the disks with the saga. Rule: nova/compute/api.py, rebuild.</summary>
internal sealed class ServerRebuilds(
    CloudParts parts, ServerNeeds needs, ServerViews views, ImagesRoom images, BlockStorageRoom volumes, RebuildServer saga)
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
        Member.May("personality", Shape.List(Shape.Object(Member.Must("path", Shape.Text(1, 255)), Member.Must("contents", Shape.Text())))).Until(2, 56),
        Member.May("description", Shape.OrNull(Shape.Text(0, 255))).Since(2, 19),
        Member.May("key_name", Shape.OrNull(Shape.Name())).Since(2, 54),
        Member.May("user_data", Shape.OrNull(Shape.Text(0, 65535))).Since(2, 57),
        Member.May("trusted_image_certificates", Shape.OrNull(Shape.List(Shape.Text(1, 255), 1, 50, unique: true))).Since(2, 63),
        Member.May("hostname", Shape.Text(1, 63, @"^[a-zA-Z0-9\-]+$")).Since(2, 90).Until(2, 93),
        Member.May("hostname", Shape.Text(1, 255, @"^[a-zA-Z0-9\-.]+$")).Since(2, 94));

    public async Task<Reply> Handle(ApiRequest request)
    {
        var body = await request.Body("rebuild", Body);
        if (body.GetItems("trusted_image_certificates").Any())
            throw Fault.BadRequest("Invalid input for field/attribute trusted_image_certificates: image signatures are not validated by this cloud; leave it out.");
        var view = await parts.Database.Write(tx => views.One(tx, Accept(tx, request, body)));
        var password = body.GetText("adminPass") ?? RandomNumberGenerator.GetString("23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", 12);
        var rights = ServerRights.Of(request);
        return Reply.Json(202, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("server");
            ServerJson.WriteMembers(json, view, request, ServerForm.Rebuild, rights);
            json.WriteString("adminPass", password);
            json.WriteEndObject();
            json.WriteEndObject();
        }).With("Location", ComputeLinks.Self(request, "servers", request[0]));
    }

    private ServerRecord Accept(Tx tx, ApiRequest request, JsonElement body)
    {
        var server = ServerGuard.Launched(
            ServerGuard.Require(tx, request, request[0], "rebuild", VmState.Active, VmState.Stopped, VmState.Error), "rebuild");
        ServerRoot.Require(tx, server, "rebuild");
        var image = images.Find(tx, request.Caller, body.GetText("imageRef")!) ?? throw Fault.BadRequest("Cannot find image for rebuild");
        var reimages = Judge(tx, request, server, image);
        var changed = Changed(tx, request, body, server, image);
        ServerStore.SaveRebuild(tx, changed);
        if (body.Has("metadata"))
        {
            ServerStore.ClearMetadata(tx, server.Id);
            foreach (var (name, value) in body.GetMap("metadata")) ServerStore.SetMetadata(tx, server.Id, name, value);
        }
        saga.Begin(tx, request, changed, TaskState.Rebuilding, "rebuild", new ServerTaskState
        {
            ServerId = server.Id,
            RequestId = request.RequestId,
            Kind = body.GetFlag("preserve_ephemeral") == true ? "preserve" : null,
            Change = new ServerChange { WasState = server.VmState, WasRunning = server.VmState != VmState.Stopped, ImageId = reimages ? image.Id : null },
        });
        return ServerStore.Get(tx, request.Caller, server.Id);
    }

    /// <summary>May this image become the server's root, and is there a disk to make anew?</summary>
    private bool Judge(Tx tx, ApiRequest request, ServerRecord server, ImageRecord image)
    {
        GuestMachine.Require($"image {image.Id}", image.Properties, server.Flavor);
        if (!server.BootsFromVolume)
        {
            new BlockDeviceCheck(images, volumes, request.Caller).RootImage(tx, image.Id, server.Flavor);
            return true;
        }
        if (request.At(2, 93)) return true;
        var root = ServerDiskStore.Of(tx, server.Id).Find(d => d.IsRoot);
        var made = root?.VolumeId is { } volume ? volumes.ImageMetadata(tx, volume).GetValueOrDefault("image_id") : null;
        return made == image.Id
            ? false
            : throw Fault.BadRequest("Unable to rebuild with a different image for a volume-backed server.");
    }

    private ServerRecord Changed(Tx tx, ApiRequest request, JsonElement body, ServerRecord server, ImageRecord image)
    {
        var key = body.GetText("key_name") is { } name
            ? needs.FindKeypair(tx, request.Caller.UserId, name) ?? throw Fault.BadRequest("Invalid key_name provided.")
            : null;
        var changed = server with
        {
            Name = body.GetText("name")?.Trim() ?? server.Name,
            HostName = body.GetText("hostname") ?? server.HostName,
            Description = body.Has("description") ? body.GetText("description") : server.Description,
            ImageId = server.BootsFromVolume ? null : image.Id,
            Image = BlockDeviceCheck.Keep(image),
            UserData = body.Has("user_data") ? ServerRequestReading.UserDataOf(body.GetText("user_data")) : server.UserData,
            Personality = body.Has("personality") ? [.. body.GetItems("personality").Select(ServerRequestReading.File)] : server.Personality,
            AccessIpV4 = body.Has("accessIPv4") ? ServerRequestReading.AddressOf(body, "accessIPv4", System.Net.Sockets.AddressFamily.InterNetwork) : server.AccessIpV4,
            AccessIpV6 = body.Has("accessIPv6") ? ServerRequestReading.AddressOf(body, "accessIPv6", System.Net.Sockets.AddressFamily.InterNetworkV6) : server.AccessIpV6,
            DiskConfig = body.GetText("OS-DCF:diskConfig") ?? server.DiskConfig,
        };
        return body.Has("key_name") ? changed with { KeyName = key?.Name, KeyType = key?.Type, KeyData = key?.PublicKey } : changed;
    }
}
