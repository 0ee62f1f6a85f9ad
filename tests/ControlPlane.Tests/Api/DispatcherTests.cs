using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>The way of a request up to its handler and back, with a small service of the test's own.</summary>
public sealed class DispatcherTests
{
    private const string Policy = "os_compute_api:servers:show";
    private readonly ServiceApi _api;
    private readonly Dispatcher _dispatcher;
    private Caller? _seen;

    private static readonly Caller Known = new()
    {
        UserId = "u1",
        UserName = "u",
        UserDomainId = "d",
        ProjectId = "p1",
        Roles = FrozenSet.ToFrozenSet(["member", "reader"]),
    };

    public DispatcherTests()
    {
        _api = Make(FaultStyle.Compute);
        _dispatcher = Serving(_api);
    }

    private ServiceApi Make(FaultStyle style)
    {
        var api = new ServiceApi("compute", "compute", style)
        {
            Microversions = new MicroversionRange("compute", new(2, 1), new(2, 90)) { LegacyHeader = "X-OpenStack-Nova-API-Version" },
            ProjectIdAfter = ["v2.1"],
            VersionAliases = new Dictionary<string, string> { ["v2"] = "v2.1" },
        };
        var routes = api.Routes;
        routes.Open("GET", "", Text("root"));
        routes.Get("v2.1/servers", Policy, Text("list"));
        routes.Get("v2.1/servers/detail", Policy, Text("detail"));
        routes.Get("v2.1/servers/{id}", Policy, request => Answer($"show {request[0]} {request.Version}"));
        routes.Post("v2.1/servers", Policy, async request => await Answer((await request.Body()).GetRawText()));
        routes.Get("v2.1/servers/{id}/parts/{part}", Policy, request => Answer($"part {request[0]} {request[1]}"));
        routes.Action("v2.1/servers/{id}/action", "old", Policy, Text("old 1")).Until(2, 9);
        routes.Action("v2.1/servers/{id}/action", "old", Policy, Text("old 2")).Since(2, 10).Until(2, 19);
        routes.Action("v2.1/servers/{id}/action", "stop", Policy, Text("stop"));
        routes.Get("v2.1/late", Policy, Text("late")).Since(2, 50);
        routes.Get("v2.1/forgetful", Policy, Text("secret")).ByTarget();
        routes.Get("v2.1/careful/{id}", Policy, request =>
        {
            request.Authorize(PolicyTarget.OwnedBy(request[0]));
            return Answer("mine");
        }).ByTarget();
        routes.Get("v2.1/broken", Policy, _ => throw new InvalidOperationException("inner secret"));
        routes.Get("v2.1/half", Policy, _ => Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            throw new InvalidDataException("inner secret");
        })));
        routes.Get("v2.1/away", Policy, _ => throw new StoreUnavailableException("gone"));
        routes.Get("v2.1/full", Policy, _ => throw new StoreFullException(new IOException()));
        routes.Get("v2.1/admin", "os_compute_api:os-services:list", Text("admin"));
        return api;
    }

    private Dispatcher Serving(ServiceApi api) => new([api], token => token == "good" ? Known : null, new RememberedAnswers(null), NullLogger.Instance);

    private Handler Text(string text) => request =>
    {
        _seen = request.HasCaller ? request.Caller : null;
        return Answer(text);
    };

    private static Task<Reply> Answer(string text) => Task.FromResult(Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteString("text", text);
        json.WriteEndObject();
    }));

    private sealed record Got(int Status, string Body, IHeaderDictionary Headers)
    {
        public string Text => JsonDocument.Parse(Body).RootElement.GetProperty("text").GetString()!;
    }

    private async Task<Got> Send(string method, string path, byte[]? body = null, string? token = "good", Dispatcher? to = null,
        params (string Name, string Value)[] headers)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = method;
        http.Request.Path = path;
        http.Request.Scheme = "http";
        http.Request.Host = new HostString("h");
        if (token is not null) http.Request.Headers["X-Auth-Token"] = token;
        foreach (var (name, value) in headers) http.Request.Headers[name] = value;
        http.Request.Body = new MemoryStream(body ?? []);
        var sink = new MemoryStream();
        http.Response.Body = sink;
        await (to ?? _dispatcher).Handle(http);
        return new Got(http.Response.StatusCode, Encoding.UTF8.GetString(sink.ToArray()), http.Response.Headers);
    }

    private Task<Got> Post(string path, string body, params (string, string)[] headers) =>
        Send("POST", path, Encoding.UTF8.GetBytes(body), headers: headers);

    [Theory]
    [InlineData("/compute/v2.1/servers", "list")]
    [InlineData("/compute/v2.1/servers/detail", "detail")]
    [InlineData("/compute/v2.1/servers/abc", "show abc 2.1")]
    [InlineData("/compute/v2.1/p1/servers", "list")]
    [InlineData("/compute/v2.1/p1/servers/abc", "show abc 2.1")]
    [InlineData("/compute/v2.1/servers/abc/parts/7", "part abc 7")]
    [InlineData("/compute/v2.1/servers/detail/parts/7", "part detail 7")]
    [InlineData("/compute/v2/servers/abc", "show abc 2.1")]
    public async Task Path_leads_to_its_route_literals_before_parameters(string path, string text)
    {
        var got = await Send("GET", path);
        Assert.Equal((200, text), (got.Status, got.Text));
    }

    [Theory]
    [InlineData("GET", "/compute/v2.1/nothing", 404)]
    [InlineData("GET", "/compute/v2.1/servers/a/b", 404)]
    [InlineData("GET", "/compute/v2.1/other-project/servers", 400)]
    [InlineData("PUT", "/compute/v2.1/servers", 404)]
    [InlineData("GET", "/compute/v2.1/servers/", 404)]
    [InlineData("DELETE", "/compute/v2.1/servers/", 404)]
    [InlineData("GET", "/nowhere/v1", 404)]
    [InlineData("GET", "/compute/v2.1/late", 404)]
    public async Task Path_that_is_not_served_is_refused(string method, string path, int status) =>
        Assert.Equal(status, (await Send(method, path)).Status);

    [Fact]
    public async Task Method_that_is_not_served_names_those_that_are()
    {
        var got = await Send("PUT", "/compute/v2.1/servers", to: Serving(Make(FaultStyle.Network)));
        Assert.Equal((405, "GET, POST"), (got.Status, got.Headers.Allow.ToString()));
    }

    [Fact]
    public async Task Head_answers_as_get_without_the_body()
    {
        var get = await Send("GET", "/compute/v2.1/servers");
        var head = await Send("HEAD", "/compute/v2.1/servers");
        Assert.Equal((200, ""), (head.Status, head.Body));
        Assert.Equal(get.Headers.ContentLength, head.Headers.ContentLength);
        Assert.Equal(get.Body.Length, head.Headers.ContentLength);
    }

    [Theory]
    [InlineData("/compute/v2.1/servers")]
    [InlineData("/compute/v2.1/nothing")]
    [InlineData("/compute/v2.1/admin")]
    public async Task Without_a_token_that_counts_nothing_is_told(string path)
    {
        foreach (var token in new[] { null, "", "forged" })
        {
            var got = await Send("GET", path, token: token);
            Assert.Equal(401, got.Status);
            Assert.Contains("Keystone uri", got.Headers.WWWAuthenticate.ToString());
        }
        Assert.Equal(200, (await Send("GET", "/compute", token: null)).Status);
    }

    [Fact]
    public async Task Headers_that_claim_an_identity_have_no_effect()
    {
        (string, string)[] forged =
        [
            ("X-User-Id", "root"), ("X-Project-Id", "p2"), ("X-Tenant-Id", "p2"), ("X-Roles", "admin"), ("X-Role", "admin"),
            ("X-Identity-Status", "Confirmed"), ("X-Is-Admin-Project", "True"), ("X-Service-Token", "x"), ("X-User-Name", "root"), ("OpenStack-System-Scope", "all"),
        ];
        Assert.Equal(200, (await Send("GET", "/compute/v2.1/servers", headers: forged)).Status);
        Assert.Same(Known, _seen);
        Assert.Equal(403, (await Send("GET", "/compute/v2.1/admin", headers: forged)).Status);
        Assert.Equal(401, (await Send("GET", "/compute/v2.1/servers", token: null, headers: forged)).Status);
        Assert.Equal(400, (await Send("GET", "/compute/v2.1/p2/servers", headers: forged)).Status);
    }

    [Fact]
    public async Task Handler_that_forgot_its_policy_is_not_answered()
    {
        var got = await Send("GET", "/compute/v2.1/forgetful");
        Assert.Equal(500, got.Status);
        Assert.DoesNotContain("secret", got.Body);
        Assert.Equal(200, (await Send("GET", "/compute/v2.1/careful/p1")).Status);
        Assert.Equal(403, (await Send("GET", "/compute/v2.1/careful/p2")).Status);
    }

    [Theory]
    [InlineData("""{"stop":null}""", null, 200, "stop")]
    [InlineData("""{"old":{}}""", null, 200, "old 1")]
    [InlineData("""{"old":{}}""", "compute 2.10", 200, "old 2")]
    [InlineData("""{"old":{}}""", "compute 2.20", 404, null)]
    [InlineData("""{"strange":{}}""", null, 400, null)]
    [InlineData("{}", null, 400, null)]
    [InlineData("[]", null, 400, null)]
    [InlineData("", null, 400, null)]
    public async Task Action_is_chosen_by_its_key_and_the_version(string body, string? version, int status, string? text)
    {
        var got = await Post("/compute/v2.1/servers/abc/action", body, ("OpenStack-API-Version", version ?? ""));
        Assert.Equal(status, got.Status);
        if (text is not null) Assert.Equal(text, got.Text);
    }

    [Theory]
    [InlineData("OpenStack-API-Version", "compute 2.53", 200, "2.53")]
    [InlineData("OpenStack-API-Version", "volume 3.5, compute 2.7", 200, "2.7")]
    [InlineData("OpenStack-API-Version", "volume 3.5", 200, "2.1")]
    [InlineData("OpenStack-API-Version", "compute latest", 200, "2.90")]
    [InlineData("OpenStack-API-Version", "COMPUTE 2.2", 200, "2.2")]
    [InlineData("OpenStack-API-Version", "compute 2.91", 406, null)]
    [InlineData("OpenStack-API-Version", "compute 1.1", 406, null)]
    [InlineData("OpenStack-API-Version", "compute 2", 400, null)]
    [InlineData("OpenStack-API-Version", "compute 2.01", 400, null)]
    [InlineData("OpenStack-API-Version", "compute 2.-1", 400, null)]
    [InlineData("OpenStack-API-Version", "compute x", 400, null)]
    [InlineData("X-OpenStack-Nova-API-Version", "2.30", 200, "2.30")]
    [InlineData("X-OpenStack-Nova-API-Version", "latest", 200, "2.90")]
    [InlineData("X-OpenStack-Nova-API-Version", "3.0", 406, null)]
    public async Task Microversion_is_negotiated_and_answered(string header, string value, int status, string? version)
    {
        var got = await Send("GET", "/compute/v2.1/servers/abc", headers: (header, value));
        Assert.Equal(status, got.Status);
        if (version is null) return;
        Assert.Equal($"show abc {version}", got.Text);
        Assert.Equal($"compute {version}", got.Headers["OpenStack-API-Version"].ToString());
        Assert.Equal(version, got.Headers["X-OpenStack-Nova-API-Version"].ToString());
        Assert.Contains("OpenStack-API-Version", got.Headers.Vary.ToString());
    }

    [Theory]
    [InlineData("{", 400)]
    [InlineData("{} {}", 400)]
    [InlineData("{}x", 400)]
    [InlineData("{'a':1}", 400)]
    [InlineData("{\"a\":1,\"a\":2}", 400)]
    [InlineData("{\"a\":{\"b\":1,\"b\":2}}", 400)]
    [InlineData("{\"a\":\"\\ud800\"}", 400)]
    [InlineData("{\"\\ud800\":1}", 400)]
    [InlineData("{\"a\":\"\\u0000\"}", 400)]
    [InlineData("{\"a\":NaN}", 400)]
    [InlineData("{\"a\":01}", 400)]
    [InlineData("{\"a\":\"\\ud83d\\ude00\"}", 200)]
    [InlineData("  {\"a\":1}\n", 200)]
    [InlineData("[]", 200)]
    public async Task Body_is_json_or_refused(string body, int status) =>
        Assert.Equal(status, (await Post("/compute/v2.1/servers", body)).Status);

    [Fact]
    public async Task Body_with_invalid_utf8_too_deep_or_too_large_is_refused()
    {
        Assert.Equal(400, (await Send("POST", "/compute/v2.1/servers", [.. "{\"a\":\""u8, 0xff, 0xfe, .. "\"}"u8])).Status);
        Assert.Equal(400, (await Send("POST", "/compute/v2.1/servers", [0xc0, 0x80])).Status);
        Assert.Equal(400, (await Post("/compute/v2.1/servers", new string('[', 100_000))).Status);
        var limit = (int)_api.MaxBodyBytes;
        Assert.Equal(200, (await Post("/compute/v2.1/servers", $"\"{new string('x', limit - 2)}\"")).Status);
        Assert.Equal(413, (await Post("/compute/v2.1/servers", $"\"{new string('x', limit - 1)}\"")).Status);
    }

    [Theory]
    [InlineData("/compute/v2.1/broken", 500)]
    [InlineData("/compute/v2.1/half", 500)]
    [InlineData("/compute/v2.1/away", 503)]
    [InlineData("/compute/v2.1/full", 507)]
    public async Task Failure_inside_leaves_as_the_service_words_it_and_tells_nothing(string path, int status)
    {
        var got = await Send("GET", path);
        Assert.Equal(status, got.Status);
        Assert.DoesNotContain("secret", got.Body);
        using var body = JsonDocument.Parse(got.Body);
        var fault = body.RootElement.EnumerateObject().Single();
        Assert.Equal(status == 503 ? "serviceUnavailable" : "computeFault", fault.Name);
        Assert.Equal(status, fault.Value.GetProperty("code").GetInt32());
        Assert.StartsWith("req-", got.Headers["x-openstack-request-id"].ToString());
    }

    [Theory]
    [InlineData(FaultStyle.Compute, """{"itemNotFound":{"code":404,"message":"The resource could not be found."}}""")]
    [InlineData(FaultStyle.BlockStorage, """{"itemNotFound":{"code":404,"message":"The resource could not be found."}}""")]
    [InlineData(FaultStyle.Identity, """{"error":{"code":404,"message":"The resource could not be found.","title":"Not Found"}}""")]
    [InlineData(FaultStyle.Network, """{"NeutronError":{"type":"HTTPNotFound","message":"The resource could not be found.","detail":""}}""")]
    public async Task Error_has_the_body_of_its_service(FaultStyle style, string body)
    {
        var got = await Send("GET", "/compute/v2.1/nothing", to: Serving(Make(style)));
        Assert.Equal((404, body), (got.Status, got.Body));
    }

    [Fact]
    public async Task Error_of_placement_carries_the_request_id_and_that_of_images_is_html_unless_json_is_asked_for()
    {
        var placement = await Send("GET", "/compute/v2.1/nothing", to: Serving(Make(FaultStyle.Placement)));
        var error = JsonDocument.Parse(placement.Body).RootElement.GetProperty("errors")[0];
        Assert.Equal(placement.Headers["x-openstack-request-id"].ToString(), error.GetProperty("request_id").GetString());
        var images = Serving(Make(FaultStyle.Image));
        Assert.StartsWith("<html>", (await Send("GET", "/compute/v2.1/nothing", to: images)).Body);
        var json = await Send("GET", "/compute/v2.1/nothing", to: images, headers: ("Accept", "application/json"));
        Assert.Equal("404 Not Found", JsonDocument.Parse(json.Body).RootElement.GetProperty("code").GetString());
    }
}
