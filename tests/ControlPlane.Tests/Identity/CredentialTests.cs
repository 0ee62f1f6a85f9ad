using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cumulet.ControlPlane.Tests.Identity;

public sealed class CredentialTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task Credentials_are_seen_by_their_owner_and_sealed_in_the_database()
    {
        using var demo = await cloud.As("demo");
        var made = await demo.Make("credentials", "credential",
            $$$"""{"credential":{"type":"totp","blob":"JBSWY3DPEHPK3PXP","user_id":"{{{cloud.First.DemoUserId}}}"} }""");
        Assert.Equal("JBSWY3DPEHPK3PXP", (await demo.Ask("GET", $"credentials/{made.Id()}")).Body.GetProperty("credential").GetProperty("blob").GetString());
        using var admin = await cloud.As("admin");
        var other = await admin.MakeUser("snoop", cloud.First.DemoProjectId);
        using var snoop = await cloud.As("snoop/demo");
        Assert.Equal(403, await snoop.Status("GET", $"credentials/{made.Id()}"));
        Assert.Equal(403, await snoop.Status("PATCH", $"credentials/{made.Id()}", """{"credential":{"blob":"x"}}"""));
        Assert.Equal(403, await demo.Status("PATCH", $"credentials/{made.Id()}", $$$"""{"credential":{"user_id":"{{{other}}}"} }"""));
        Assert.Empty((await snoop.Ask("GET", $"credentials?user_id={cloud.First.DemoUserId}")).Body.GetProperty("credentials").EnumerateArray());
        var stored = cloud.Cloud.Parts.Database.Read(tx => tx.Find($"SELECT blob FROM identity_credentials WHERE id = {made.Id()}", row => row.Text()));
        Assert.DoesNotContain("JBSWY3DPEHPK3PXP", stored);
        Assert.Equal(204, await demo.Status("DELETE", $"credentials/{made.Id()}"));
    }

    private static string Request(string access, string secret, DateTimeOffset at)
    {
        var time = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var text = $"GET\n127.0.0.1\n/\nAction=Test&SignatureVersion=2&Timestamp={Uri.EscapeDataString(time)}";
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));
        return $$$"""
            {"credentials":{"access":"{{{access}}}","signature":"{{{signature}}}","host":"127.0.0.1","verb":"GET","path":"/",
              "params":{"Action":"Test","SignatureVersion":"2","Timestamp":"{{{time}}}"} } }
            """;
    }

    [Fact]
    public async Task Ec2_signature_is_exchanged_for_services_only_and_while_the_role_lasts()
    {
        using var admin = await cloud.As("admin");
        var user = await admin.MakeUser("ec2", cloud.First.DemoProjectId);
        using var owner = await cloud.As("ec2/demo");
        var (status, made) = await owner.Ask("POST", $"users/{user}/credentials/OS-EC2", $$$"""{"tenant_id":"{{{cloud.First.DemoProjectId}}}"}""");
        Assert.Equal(201, status);
        var (access, secret) = (made.GetProperty("credential").GetProperty("access").GetString()!, made.GetProperty("credential").GetProperty("secret").GetString()!);
        var now = DateTimeOffset.UtcNow;
        Assert.Equal(403, await owner.Status("POST", "ec2tokens", Request(access, secret, now)));
        using (var anonymous = cloud.Anonymous()) Assert.Equal(401, await anonymous.Status("POST", "ec2tokens", Request(access, secret, now)));
        var (ok, token) = await admin.Ask("POST", "ec2tokens", Request(access, secret, now));
        Assert.Equal(200, ok);
        Assert.Equal(user, token.GetProperty("token").GetProperty("user").Id());
        Assert.Equal(401, await admin.Status("POST", "ec2tokens", Request(access, "wrong", now)));
        Assert.Equal(401, await admin.Status("POST", "ec2tokens", Request(access, secret, now.AddMinutes(-16))));
        await admin.Ask("DELETE", $"projects/{cloud.First.DemoProjectId}/users/{user}/roles/{await admin.RoleId("member")}");
        Assert.Equal(401, await admin.Status("POST", "ec2tokens", Request(access, secret, now)));
    }

    [Fact]
    public async Task Keys_for_a_project_without_a_role_are_refused()
    {
        using var demo = await cloud.As("demo");
        Assert.Equal(403, await demo.Status("POST", $"users/{cloud.First.DemoUserId}/credentials/OS-EC2", $$$"""{"tenant_id":"{{{cloud.First.AdminProjectId}}}"}"""));
        Assert.Equal(403, await demo.Status("POST", $"users/{cloud.First.AdminUserId}/credentials/OS-EC2", $$$"""{"tenant_id":"{{{cloud.First.DemoProjectId}}}"}"""));
    }
}
