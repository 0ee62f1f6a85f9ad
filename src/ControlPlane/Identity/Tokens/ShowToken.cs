using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Catalog;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Tokens;

/// <summary>GET, HEAD and DELETE /v3/auth/tokens: the token in X-Subject-Token, asked about by the one in X-Auth-Token.</summary>
internal sealed class ShowToken(IdentityParts parts)
{
    public Task<Reply> Get(ApiRequest request)
    {
        var (text, token) = Subject(request);
        var withCatalog = !request.Query.ContainsKey("nocatalog") && token.Payload.Scope is not TokenScope.Unscoped;
        var catalog = withCatalog ? parts.Database.Read(tx => CatalogStore.For(tx, token, CatalogUrl.CloudUrl(request))) : null;
        return Task.FromResult(TokenJson.Reply(200, token, catalog).With("X-Subject-Token", text).With("Vary", "X-Auth-Token"));
    }

    public Task<Reply> Head(ApiRequest request)
    {
        var (text, _) = Subject(request);
        return Task.FromResult(Reply.Empty(200).With("X-Subject-Token", text).With("Vary", "X-Auth-Token"));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        var (_, token) = Subject(request);
        await parts.Tokens.Revoke(token);
        return Reply.Empty();
    }

    private (string Text, Token Token) Subject(ApiRequest request)
    {
        var text = request.Http.Request.Headers["X-Subject-Token"].ToString();
        if (text.Length == 0)
            throw Fault.BadRequest("Expecting to find X-Subject-Token in the headers: the token that is asked about.");
        var token = parts.Tokens.Validate(text) ?? throw Fault.NotFound("Could not find token.");
        request.Authorize(new PolicyTarget { ["target.token.user_id"] = token.User.Id, ["user_id"] = token.User.Id });
        return (text, token);
    }
}
