using System.Security.Cryptography;
using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.ComputeWide;

public sealed class KeypairTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private const string PublicKey = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDx8nkQv/zgGgB4rMYmIf+6A4l6Rr+o/6lHBQdW5aYd44bd8JttDCE/F/pNRr0lRE+PiqSPO8nDPHw0010JeMH9gYgnnFlyY3/OcJ02RhIPyyxYpv9FhY+2YiUkpwFOcLImyrxEsYXpD/0d3ac30bNH6Sw9JD9UZHYcpSxsIbECHw== Generated-by-Nova";
    private const string Fingerprint = "1e:2c:9b:56:79:4b:45:77:f9:ca:7a:98:2c:b0:d5:3c";

    [Fact]
    public async Task Imported_key_has_the_fingerprint_of_the_sample()
    {
        var nova = await NovaClient.As(cloud, "demo", "2.92");
        var made = await nova.Post("os-keypairs", Import("me@this.nice.domain", PublicKey), 201);
        Samples.AssertSameMembers("os-keypairs/v2.2/keypairs-import-post-resp.json", made);
        Assert.Equal(Fingerprint, made.GetProperty("keypair").GetProperty("fingerprint").GetString());
        await nova.Post("os-keypairs", Import("me@this.nice.domain", PublicKey), 409);
        Samples.AssertSameMembers("os-keypairs/v2.2/keypairs-get-resp.json", await nova.Get("os-keypairs/me@this.nice.domain"));
        await nova.Delete("os-keypairs/me@this.nice.domain", 204);
        await nova.Delete("os-keypairs/me@this.nice.domain", 404);
    }

    [Fact]
    public async Task Made_key_fits_its_public_half_and_is_told_once()
    {
        var nova = await NovaClient.As(cloud, "demo");
        var answer = await nova.Post("os-keypairs", """{"keypair":{"name":"made"} }""", 200);
        Samples.AssertSameMembers("os-keypairs/keypairs-post-resp.json", answer);
        var made = answer.GetProperty("keypair");
        using var rsa = RSA.Create();
        rsa.ImportFromPem(made.GetProperty("private_key").GetString());
        var blob = Convert.FromBase64String(made.GetProperty("public_key").GetString()!.Split(' ')[1]);
        Assert.Equal(rsa.ExportParameters(false).Modulus, blob[^256..]);
        Samples.AssertSameMembers("os-keypairs/keypairs-get-resp.json", await nova.Get("os-keypairs/made"));
        await nova.Delete("os-keypairs/made", 202);
    }

    [Fact]
    public async Task Certificate_is_made_and_imported()
    {
        var nova = await NovaClient.As(cloud, "demo", "2.2");
        var made = (await nova.Post("os-keypairs", """{"keypair":{"name":"win","type":"x509"} }""", 201)).GetProperty("keypair");
        var pem = made.GetProperty("public_key").GetString()!;
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", pem);
        var again = (await nova.Post("os-keypairs", Import("win2", pem, "x509"), 201)).GetProperty("keypair");
        Assert.Equal(made.GetProperty("fingerprint").GetString(), again.GetProperty("fingerprint").GetString());
        Assert.Equal(59, again.GetProperty("fingerprint").GetString()!.Length);
        await nova.Delete("os-keypairs/win", 204);
        await nova.Delete("os-keypairs/win2", 204);
    }

    [Fact]
    public async Task Pages_follow_the_name_and_belong_to_one_user()
    {
        var admin = await NovaClient.As(cloud, "admin", "2.35");
        foreach (var name in (string[])["c", "a", "b"])
            await admin.Post("os-keypairs", $$$"""{"keypair":{"name":"{{{name}}}","public_key":"{{{PublicKey}}}","user_id":"{{{cloud.First.DemoUserId}}}"} }""", 201);
        var page = await admin.Get($"os-keypairs?limit=1&marker=a&user_id={cloud.First.DemoUserId}");
        Samples.AssertSameMembers("os-keypairs/v2.35/keypairs-list-resp.json", page);
        Assert.Equal("b", page.GetProperty("keypairs")[0].GetProperty("keypair").GetProperty("name").GetString());
        Assert.Equal("Marker zz could not be found.", NovaClient.Message(await admin.Get("os-keypairs?marker=zz", 400)));
        await admin.Get("os-keypairs/a", 404);
        foreach (var name in (string[])["c", "a", "b"]) await admin.Delete($"os-keypairs/{name}?user_id={cloud.First.DemoUserId}", 204);
    }

    [Fact]
    public async Task Another_users_keys_are_the_administrators_only()
    {
        var demo = await NovaClient.As(cloud, "demo", "2.10");
        await demo.Get($"os-keypairs?user_id={cloud.First.AdminUserId}", 403);
        await demo.Post("os-keypairs", $$$"""{"keypair":{"name":"x","user_id":"{{{cloud.First.AdminUserId}}}"} }""", 403);
    }

    [Theory]
    [InlineData("2.1", """{"keypair":{"name":"a/b"} }""")]
    [InlineData("2.1", """{"keypair":{"name":"a@b"} }""")]
    [InlineData("2.1", """{"keypair":{"name":"a","type":"ssh"} }""")]
    [InlineData("2.9", """{"keypair":{"name":"a","user_id":"x"} }""")]
    [InlineData("2.92", """{"keypair":{"name":"a"} }""")]
    [InlineData("2.2", """{"keypair":{"name":"a","type":"pgp"} }""")]
    [InlineData("2.2", """{"keypair":{"name":"a","public_key":"ssh-rsa AAAA"} }""")]
    [InlineData("2.2", """{"keypair":{"name":"a","public_key":"nonsense"} }""")]
    [InlineData("2.2", """{"keypair":{"name":"a","type":"x509","public_key":"nonsense"} }""")]
    public async Task Bad_key_is_refused(string version, string body) =>
        await (await NovaClient.As(cloud, "demo", version)).Post("os-keypairs", body, 400);

    private static string Import(string name, string key, string type = "ssh") => JsonSerializer.Serialize(
        new { keypair = new { name, type, public_key = key } });
}
