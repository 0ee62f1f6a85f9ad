using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Identity;

/// <summary>Users of whom more than a password is asked. Secret and passcodes of the first test are RFC 6238's own, appendix B.</summary>
public sealed class MultiFactorTests : IAsyncLifetime
{
    private const string Secret = "12345678901234567890", InBase32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    private const string Receipt = "OpenStack-Auth-Receipt";

    private readonly StillClock _clock = new();
    private readonly TestCloud _cloud;
    private HttpClient _admin = null!;
    private string _user = "";

    public MultiFactorTests() => _cloud = new TestCloud { Clock = _clock };

    public async ValueTask InitializeAsync()
    {
        await _cloud.InitializeAsync();
        _admin = await _cloud.As("admin");
        _user = await _admin.MakeUser("careful", _cloud.First.DemoProjectId);
        await _admin.Make("credentials", "credential", $$$"""{"credential":{"type":"totp","blob":"{{{InBase32}}}","user_id":"{{{_user}}}"} }""");
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _cloud.DisposeAsync();
    }

    private async Task Rules(string rules) =>
        Assert.Equal(200, await _admin.Status("PATCH", $"users/{_user}", $$$"""{"user":{"options":{"multi_factor_auth_rules":{{{rules}}}} } }"""));

    private string Password(string secret = TestCloud.TestPassword) => $$$"""
        "password":{"user":{"id":"{{{_user}}}","password":"{{{secret}}}"} }
        """;

    private string Passcode(string code, string? user = null) => $$$"""
        "totp":{"user":{"id":"{{{user ?? _user}}}","passcode":"{{{code}}}"} }
        """;

    private async Task<(HttpStatusCode Status, JsonElement Body, string? Receipt, string? Token)> Login(string methods, string proofs, string? receipt = null)
    {
        using var client = _cloud.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/identity/v3/auth/tokens");
        request.Content = TestCloud.Body($$$"""{"auth":{"identity":{"methods":[{{{methods}}}],{{{proofs}}}},"scope":{"project":{"id":"{{{_cloud.First.DemoProjectId}}}"} } } }""");
        if (receipt is not null) request.Headers.Add(Receipt, receipt);
        using var answer = await client.SendAsync(request);
        var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        return (answer.StatusCode, body, Header(answer, Receipt), Header(answer, "X-Subject-Token"));
    }

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    private async Task<HttpStatusCode> Both(string code, string? user = null) =>
        (await Login("\"totp\",\"password\"", Password() + "," + Passcode(code, user))).Status;

    /// <summary>Made apart from the product, of the standard's words.</summary>
    private string Code(int periodsAgo = 0, string secret = Secret)
    {
        var counter = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, _clock.Now.ToUnixTimeSeconds() / 30 - periodsAgo);
        var hash = HMACSHA1.HashData(Encoding.ASCII.GetBytes(secret), counter);
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 0xf)) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", System.Globalization.CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData(1111111109, "081804")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    public void Passcodes_of_these_tests_are_the_standards(long time, string code)
    {
        _clock.Now = DateTimeOffset.FromUnixTimeSeconds(time);
        Assert.Equal(code, Code());
    }

    [Fact]
    public async Task Password_alone_gets_a_receipt_which_is_no_token_and_with_the_passcode_a_token()
    {
        await Rules("""[["password","totp"],["password","of-another-cloud"]]""");
        var first = await Login("\"password\"", Password());
        Assert.Equal((HttpStatusCode.Unauthorized, null), (first.Status, first.Token));
        var shown = first.Body.GetProperty("receipt");
        Assert.Equal(("[\"password\"]", _user), (shown.GetProperty("methods").GetRawText(), shown.GetProperty("user").Id()));
        Assert.Equal("""[["password","totp"],["password","of-another-cloud"]]""", first.Body.GetProperty("required_auth_methods").GetRawText());
        using var client = _cloud.Anonymous();
        client.DefaultRequestHeaders.Add("X-Auth-Token", first.Receipt);
        Assert.Equal(401, await client.Status("GET", "auth/catalog"));

        Assert.Equal(HttpStatusCode.Unauthorized, (await Login("\"totp\"", Passcode(Code()))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Login("\"totp\"", Passcode(Code()), first.Receipt + "A")).Status);
        var token = await Login("\"totp\"", Passcode(Code()), first.Receipt);
        Assert.Equal(HttpStatusCode.Created, token.Status);
        Assert.Equal(["password", "totp"], token.Body.GetProperty("token").GetProperty("methods").EnumerateArray().Select(m => m.GetString()).Order());
        Assert.Equal(HttpStatusCode.Created, (await Login("\"token\"", $$"""
            "token":{"id":"{{token.Token}}"}
            """)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Login("\"token\"", $$"""
            "token":{"id":"{{first.Receipt}}"}
            """)).Status);

        _clock.Now += TimeSpan.FromMinutes(6);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Login("\"totp\"", Passcode(Code()), first.Receipt)).Status);
    }

    [Fact]
    public async Task Both_at_once_are_a_token_as_long_as_the_passcode_counts()
    {
        await Rules("""[["password","totp"]]""");
        Assert.Equal(HttpStatusCode.Created, await Both(Code()));
        Assert.Equal(HttpStatusCode.Created, await Both(Code(periodsAgo: 1)));
        foreach (var wrong in (string[])[Code(periodsAgo: 2), Code(periodsAgo: -1), "", "x", Code(secret: "another secret of that")])
            Assert.Equal(HttpStatusCode.Unauthorized, await Both(wrong));
        _clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(HttpStatusCode.Unauthorized, await Both(Code(), _cloud.First.DemoUserId));
        var wrongPassword = await Login("\"totp\",\"password\"", Password("wrong") + "," + Passcode(Code()));
        Assert.Equal((HttpStatusCode.Unauthorized, null), (wrongPassword.Status, wrongPassword.Receipt));
    }

    [Fact]
    public async Task Passcodes_cannot_be_tried_out()
    {
        for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.Unauthorized, await Both(Code(secret: "wrong")));
        Assert.Equal(HttpStatusCode.Unauthorized, await Both(Code()));
        _clock.Now += TimeSpan.FromSeconds(30);
        Assert.Equal(HttpStatusCode.Created, await Both(Code()));
    }

    [Fact]
    public async Task Rules_count_for_application_credentials_and_not_where_they_are_switched_off()
    {
        using var careful = await _cloud.As("careful/demo");
        var made = await careful.Make($"users/{_user}/application_credentials", "application_credential", """{"application_credential":{"name":"robot"} }""");
        var proof = $$$"""
            "application_credential":{"id":"{{{made.Id()}}}","secret":"{{{made.GetProperty("secret").GetString()}}}"}
            """;
        async Task<HttpStatusCode> Robot()
        {
            using var client = _cloud.Anonymous();
            using var answer = await client.PostAsync("/identity/v3/auth/tokens", TestCloud.Body($$"""{"auth":{"identity":{"methods":["application_credential"],{{proof}}} } }"""));
            // With one, and a passcode, it would become a token without the credential's limits.
            Assert.Null(Header(answer, Receipt));
            return answer.StatusCode;
        }
        Assert.Equal(HttpStatusCode.Created, await Robot());
        await Rules("""[["password","totp"]]""");
        Assert.Equal(HttpStatusCode.Unauthorized, await Robot());
        await Rules("""[["password","totp"],["application_credential"]]""");
        Assert.Equal(HttpStatusCode.Created, await Robot());
        Assert.Equal(HttpStatusCode.Unauthorized, (await Login("\"password\"", Password())).Status);
        await _admin.Ask("PATCH", $"users/{_user}", """{"user":{"options":{"multi_factor_auth_enabled":false} } }""");
        Assert.Equal(HttpStatusCode.Created, (await Login("\"password\"", Password())).Status);
    }

    /// <summary>It stands where it is put, so that no passcode runs out while a test uses it.</summary>
    private sealed class StillClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
