using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Cumulet.ControlPlane.Identity;

namespace Cumulet.ControlPlane.Tests;

/// <summary>
/// A cloud in this process on a real socket, with a state folder of its own, SQLite and the fake hypervisor. Use it as a
/// class fixture, or start one per test where the test changes what others would see.
/// </summary>
public sealed class TestCloud : IAsyncLifetime, IAsyncDisposable
{
    private readonly HttpClientHandler _handler = new() { AllowAutoRedirect = false };
    private readonly string _folder = Directory.CreateTempSubdirectory("cumulet-test-").FullName;

    /// <summary>Set before a start to change what the cloud is started with.</summary>
    public Func<CloudOptions, CloudOptions> Configure { get; set; } = options => options;
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public Cloud Cloud { get; private set; } = null!;
    public string Url => Cloud.Url;
    public string StateDirectory => Path.Combine(_folder, "state");
    /// <summary>Ids and passwords of the users and projects that every cloud starts with.</summary>
    public FirstStart First { get; private set; } = null!;

    public static async Task<TestCloud> Start()
    {
        var cloud = new TestCloud();
        await cloud.InitializeAsync();
        return cloud;
    }

    // With CUMULET_TEST_POSTGRES=1 every test of the rooms runs on PostgreSQL.
    private static readonly Lazy<Task<PrivatePostgres>> Postgres = new(async () =>
    {
        var server = new PrivatePostgres();
        await server.InitializeAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return server;
    });

    private string? _database;

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("CUMULET_TEST_POSTGRES") == "1") _database = await (await Postgres.Value).NewDatabase();
        Cloud = await ControlPlane.Cloud.Start(Options(), Clock);
        First = Cloud.FirstStart!;
    }

    /// <summary>Stops the cloud and starts it again on the same state, as after an update of the program.</summary>
    public async Task Restart()
    {
        await Cloud.DisposeAsync();
        Cloud = await ControlPlane.Cloud.Start(Options(), Clock);
    }

    private CloudOptions Options() => Configure(new CloudOptions
    {
        StateDirectory = StateDirectory,
        Listen = new IPEndPoint(IPAddress.Loopback, 0),
        Hypervisor = HypervisorKind.Fake,
        HostName = "test-host",
        // The cheapest that bcrypt knows: tests log in all the time.
        PasswordCost = 4,
        Postgres = _database,
    });

    /// <summary>A client without a token.</summary>
    public HttpClient Anonymous() => new(_handler, disposeHandler: false) { BaseAddress = new Uri(Url) };

    /// <summary>A client that sends this token.</summary>
    public HttpClient With(string token)
    {
        var client = Anonymous();
        client.DefaultRequestHeaders.Add("X-Auth-Token", token);
        return client;
    }

    /// <summary>
    /// A client with a token: <c>admin</c> or <c>demo</c> in the project of the same name; <c>admin/demo</c> is a user in another
    /// project of the default domain; <c>admin@system</c> and <c>admin@Default</c> are scoped to the system and to a domain.
    /// </summary>
    public async Task<HttpClient> As(string who, string? password = null) => With(await Token(who, password));

    public async Task<string> Token(string who, string? password = null)
    {
        var at = who.IndexOf('@');
        var slash = who.IndexOf('/');
        var user = at > 0 ? who[..at] : slash > 0 ? who[..slash] : who;
        var scope = at > 0
            ? who[(at + 1)..] == "system" ? """{"system":{"all":true}}""" : $$"""{"domain":{"name":"{{who[(at + 1)..]}}"} }"""
            : $$"""{"project":{"name":"{{(slash > 0 ? who[(slash + 1)..] : who)}}","domain":{"id":"default"} } }""";
        password ??= user switch
        {
            "admin" => First.AdminPassword,
            "demo" => First.DemoPassword,
            _ => TestPassword,
        };
        var body = $$$"""
            {"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"{{{user}}}","domain":{"id":"default"},"password":"{{{password}}}"} } },"scope":{{{scope}}} } }
            """;
        using var client = Anonymous();
        using var answer = await client.PostAsync("/identity/v3/auth/tokens", Body(body));
        if (answer.StatusCode != HttpStatusCode.Created)
            throw new InvalidOperationException($"no token for {who}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return answer.Headers.GetValues("X-Subject-Token").Single();
    }

    /// <summary>The password of users that tests make themselves, for <see cref="As"/>.</summary>
    public const string TestPassword = "only for tests 1!";

    public static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");

    public static async Task<JsonElement> Json(HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>();

    public async ValueTask DisposeAsync()
    {
        await Cloud.DisposeAsync();
        _handler.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
