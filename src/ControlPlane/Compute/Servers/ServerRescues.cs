using System.Security.Cryptography;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>The actions rescue and unrescue.</summary>
internal sealed class ServerRescues(CloudParts parts, ImagesRoom images, LayersRoom layers, RescueServer rescue, UnrescueServer unrescue)
{
    private static readonly Shape Body = Shape.OrNull(Shape.Object(
        Member.May("adminPass", Shape.Text()),
        Member.May("rescue_image_ref", Shape.Uuid)));

    public async Task<Reply> Rescue(ApiRequest request)
    {
        var body = await request.Body("rescue", Body);
        await parts.Database.Write(tx =>
        {
            var server = ServerGuard.Launched(
                ServerGuard.Require(tx, request, request[0], "rescue", VmState.Active, VmState.Stopped, VmState.Error), "rescue");
            ServerRoot.Require(tx, server, "rescue");
            var image = ImageFor(tx, request, server, body.GetText("rescue_image_ref"));
            rescue.Begin(tx, request, server, TaskState.Rescuing, "rescue", new ServerTaskState
            {
                ServerId = server.Id,
                RequestId = request.RequestId,
                Change = new ServerChange { WasState = server.VmState, WasRunning = server.PowerState == PowerState.Running, ImageId = image.Id },
            });
        });
        var password = body.GetText("adminPass") ?? RandomNumberGenerator.GetString("23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", 12);
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteString("adminPass", password);
            json.WriteEndObject();
        });
    }

    // Rule (Nova): a root on a volume only from 2.87, and with an image that says how it is to be plugged.
    private ImageRecord ImageFor(Tx tx, ApiRequest request, ServerRecord server, string? wanted)
    {
        var image = (wanted ?? server.ImageId) is { } id ? images.Find(tx, request.Caller, id) : null;
        if (server.BootsFromVolume && (!request.At(2, 87) || image is null
            || !(image.Properties.ContainsKey("hw_rescue_device") || image.Properties.ContainsKey("hw_rescue_bus"))))
            throw Fault.BadRequest($"Instance {server.Id} cannot be rescued: Cannot rescue a volume-backed instance");
        if (image is null) throw Fault.BadRequest($"Image {wanted ?? server.ImageId} could not be found.");
        if (!image.IsActive || image.BootLayerId is not { } layer || layers.Find(tx, layer) is null)
            throw Fault.BadRequest($"Requested rescue image '{image.Id}' is not valid");
        return image;
    }

    public async Task<Reply> Unrescue(ApiRequest request)
    {
        await parts.Database.Write(tx => unrescue.Begin(
            tx, request, ServerGuard.Require(tx, request, request[0], "unrescue", VmState.Rescued), TaskState.Unrescuing, "unrescue"));
        return Reply.Empty(202);
    }
}
