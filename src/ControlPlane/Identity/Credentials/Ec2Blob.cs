using System.Text;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Tokens;

namespace Cumulet.ControlPlane.Identity.Credentials;

/// <summary>What stands in the blob of EC2 keys.</summary>
internal sealed record Ec2Blob(string Access, string Secret, string? TrustId, string? ApplicationCredentialId)
{
    public static Ec2Blob Read(string blob)
    {
        try
        {
            using var json = JsonDocument.Parse(blob);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw Reference.Missing("blob", "credential");
            return new Ec2Blob(root.GetText("access") ?? throw Reference.Missing("access", "credential"), root.GetText("secret") ?? "",
                root.GetText("trust_id"), root.GetText("app_cred_id"));
        }
        catch (JsonException)
        {
            throw Fault.BadRequest("Invalid blob in credential");
        }
    }

    public string BoundTo(string applicationCredentialId) => (this with { ApplicationCredentialId = applicationCredentialId }).ToText();

    public string ToText()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("access", Access);
            json.WriteString("secret", Secret);
            json.WriteString("trust_id", TrustId);
            if (ApplicationCredentialId is not null) json.WriteString("app_cred_id", ApplicationCredentialId);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
