using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Images.Discovery;

/// <summary>
/// The verbs about where an image's bytes are. They are in one store and nowhere a client could name: what would add,
/// replace or take away a place is refused, whoever asks.
/// </summary>
internal sealed class ImageLocations(CloudParts parts)
{
    public Task<Reply> Add(ApiRequest request)
    {
        parts.Database.Read(tx => ImageAccess.Allowed(tx, request, request[0]));
        throw Fault.Forbidden("It's not allowed to add locations if locations are invisible; upload the image, or import it.");
    }

    public Task<Reply> List(ApiRequest request)
    {
        parts.Database.Read(tx => ImageAccess.Allowed(tx, request, request[0]));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartArray();
            json.WriteEndArray();
        }));
    }

    public Task<Reply> RemoveFromStore(ApiRequest request)
    {
        if (request[0] != ImageJson.Store)
            throw Fault.Conflict($"The selected store {request[0].Truncated()} is not available on this node.");
        var image = parts.Database.Read(tx =>
        {
            var seen = ImageAccess.Seen(tx, request, request[1], id => $"Failed to find image {id}");
            request.Authorize("get_image_location", ImageAccess.Target(tx, request, seen));
            return ImageAccess.Allowed(tx, request, request[1]);
        });
        if (!image.IsActive)
            throw Fault.Conflict("It's not allowed to remove image data from store if image status is not 'active'");
        throw Fault.Forbidden("Cannot delete image data from the only store containing it. Consider deleting the image instead.");
    }
}
