using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Images;

/// <summary>POST …/actions/deactivate and …/actions/reactivate: whether anybody but an administrator may read the bytes.</summary>
internal sealed class ImageActions(CloudParts parts)
{
    public Task<Reply> Deactivate(ApiRequest request) => Change(request, ImageStatus.Active, ImageStatus.Deactivated, "deactivate");

    public Task<Reply> Reactivate(ApiRequest request) => Change(request, ImageStatus.Deactivated, ImageStatus.Active, "reactivate");

    private async Task<Reply> Change(ApiRequest request, string from, string to, string verb)
    {
        await parts.Database.Write(tx =>
        {
            var image = ImageAccess.Allowed(tx, request, request[0]);
            if (image.Status == to) return;
            if (!ImageStore.SetStatus(tx, image.Id, from, to, parts.Time.GetUtcNow()))
                throw Fault.Forbidden($"Not allowed to {verb} image in status '{image.Status}'");
        });
        return Reply.Empty();
    }
}
