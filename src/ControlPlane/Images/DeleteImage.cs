using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Images.Data;
using Cumulet.ControlPlane.Images.Imports;
using Cumulet.ControlPlane.Layers;

namespace Cumulet.ControlPlane.Images;

/// <summary>
/// DELETE /v2/images/{id}: constant time, whatever stands on the image. Servers and volumes made from it keep the layer;
/// it goes with the last of them. An upload that is running is broken off and leaves nothing.
/// </summary>
internal sealed class DeleteImage(CloudParts parts, LayersRoom layers, ImageIntake intake, StagingArea staging)
{
    public async Task<Reply> Handle(ApiRequest request)
    {
        var id = request[0];
        await parts.Database.Write(tx =>
        {
            var image = ImageAccess.Allowed(tx, request, id, name => $"Failed to find image {name} to delete");
            if (image.Protected) throw Fault.Forbidden($"Image {image.Id} is protected and cannot be deleted.");
            ImageStore.Delete(tx, image.Id);
            layers.Release(tx, ImageIntake.BootHolder(image.Id));
            layers.Release(tx, ImageIntake.Holder(image.Id));
        });
        intake.BreakOff(id);
        staging.Remove(id);
        return Reply.Empty();
    }
}
