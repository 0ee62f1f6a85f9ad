using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Tokens;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Catalog;

/// <summary>GET /v3/auth/catalog.</summary>
internal sealed class ShowCatalog(IdentityParts parts)
{
    public Task<Reply> Handle(ApiRequest request)
    {
        var token = parts.Tokens.Validate(request.Http.Request.Headers["X-Auth-Token"].ToString()) ?? throw Fault.Unauthorized();
        if (token.Payload.Scope is TokenScope.Unscoped)
            throw Fault.Forbidden("You are not authorized to perform the requested action: the token is not scoped, so it has no catalog.");
        var catalog = parts.Database.Read(tx => CatalogStore.For(tx, token, CatalogUrl.CloudUrl(request)));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("catalog");
            CatalogJson.Write(json, catalog);
            json.WriteStartObject("links");
            json.WriteNull("next");
            json.WriteString("self", $"{request.ServiceUrl}/v3/auth/catalog");
            json.WriteNull("previous");
            json.WriteEndObject();
            json.WriteEndObject();
        }));
    }
}
