using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Images;

/// <summary>GET /v2/images/{id}.</summary>
internal sealed class ShowImage(CloudParts parts)
{
    public Task<Reply> Handle(ApiRequest request)
    {
        var image = parts.Database.Read(tx => ImageAccess.Allowed(tx, request, request[0]));
        return Task.FromResult(Reply.Ok(json => ImageJson.Write(json, image)));
    }
}
