using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Keypairs;

/// <summary>A public key is imported, or up to 2.91 made here; since 2.92 names may also have <c>@</c> and a dot.</summary>
internal sealed class CreateKeypair(CloudParts parts)
{
    private const string Safe = "^[a-zA-Z0-9 _-]+$";

    private static readonly Shape New = Shape.Object(
        Member.Must("name", ComputeShapes.Name).Until(2, 91),
        Member.Must("name", Shape.Text(1, 255, @"^(?! )[a-zA-Z0-9@. _-]+(?<! )$")).Since(2, 92),
        Member.May("public_key", Shape.Text(0, 65535)).Until(2, 91),
        Member.Must("public_key", Shape.Text(0, 65535)).Since(2, 92),
        Member.May("type", Shape.OneOf("ssh", "x509")).Since(2, 2),
        Member.May("user_id", Shape.Text(1, 255)).Since(2, 10));

    public async Task<Reply> Handle(ApiRequest request)
    {
        var body = await request.Body("keypair", New);
        var user = KeypairRoutes.AuthorizedUser(request, body.GetText("user_id"));
        var name = body.GetText("name")!.Trim();
        var type = body.GetText("type") ?? "ssh";
        if (!request.At(2, 92) && !System.Text.RegularExpressions.Regex.IsMatch(name, Safe))
            throw Fault.BadRequest("Keypair data is invalid: Keypair name contains unsafe characters");
        var key = body.GetText("public_key") is { } publicKey
            ? KeyMaterial.Import(type, publicKey)
            : KeyMaterial.Generate(type, user);
        await parts.Database.Write(tx =>
        {
            KeypairQuota.Check(tx, request.Caller, user);
            KeypairStore.Insert(tx, user, name, type, key, parts.Time.GetUtcNow());
        });
        return Reply.Json(request.At(2, 2) ? 201 : 200, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("keypair");
            json.WriteString("name", name);
            json.WriteString("public_key", key.PublicKey);
            json.WriteString("fingerprint", key.Fingerprint);
            if (request.At(2, 2)) json.WriteString("type", type);
            if (key.PrivateKey is not null) json.WriteString("private_key", key.PrivateKey);
            json.WriteString("user_id", user);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }
}
