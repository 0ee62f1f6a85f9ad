using System.Collections.Concurrent;
using System.Net;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>
/// Every route of every service asked by an administrator for things that are not there, with empty and with strange bodies:
/// whatever it answers, it is not a failure of ours. On both databases, so that no statement works on one of them only.
/// </summary>
public abstract class EveryRouteTests
{
    private static readonly string[] Bodies = ["{}", "[]", "null", """{"x":"\ud83d\ude00"}"""];

    protected abstract Task<string?> Database();

    [Fact]
    public async Task Route_asked_for_what_is_not_there_never_fails()
    {
        var database = await Database();
        var cloud = new TestCloud { Configure = options => options with { Postgres = database } };
        await cloud.InitializeAsync();
        await using var ends = cloud;
        using var client = await cloud.As("admin");
        var failed = new ConcurrentQueue<string>();
        var asked = 0;
        await Parallel.ForEachAsync(cloud.Cloud.Rooms.Apis.SelectMany(Requests), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (one, cancel) =>
        {
            using var request = new HttpRequestMessage(new HttpMethod(one.Method), one.Path);
            if (one.Version is { } version) request.Headers.Add(MicroversionRange.Header, version);
            if (one.Body is { } body) request.Content = TestCloud.Body(body);
            using var answer = await client.SendAsync(request, cancel);
            Interlocked.Increment(ref asked);
            if (answer.StatusCode is >= HttpStatusCode.InternalServerError and not HttpStatusCode.NotImplemented)
                failed.Enqueue($"{one.Method} {one.Path} {one.Version} {one.Body}: {(int)answer.StatusCode}");
        });
        Console.WriteLine($"{asked} requests");
        Assert.True(failed.IsEmpty, $"{failed.Count} of {asked}:\n{string.Join('\n', failed.Distinct().Order())}");
    }

    private static IEnumerable<(string Method, string Path, string? Version, string? Body)> Requests(ServiceApi api)
    {
        foreach (var route in api.Routes.All)
        {
            var path = $"/{api.Mount}/{string.Join('/', route.Pattern.Split('/', StringSplitOptions.RemoveEmptyEntries)
                .Select(s => s[0] == '{' ? "7c9e6679-7425-40de-944b-e07fc1f90ae7" : s))}";
            if (path.Contains("/auth/tokens", StringComparison.Ordinal) && route.Method == "DELETE") continue;
            foreach (var version in Versions(api, route))
            {
                if (route.ActionKey is { } key)
                {
                    yield return (route.Method, path, version, $$"""{"{{key}}":null}""");
                    yield return (route.Method, path, version, $$"""{"{{key}}":{} }""");
                }
                else if (route.Method is "GET" or "HEAD" or "DELETE")
                {
                    yield return (route.Method, path, version, null);
                    if (route.Method != "GET") continue;
                    foreach (var query in Queries) yield return (route.Method, $"{path}?{query}", version, null);
                }
                else
                {
                    foreach (var body in Bodies) yield return (route.Method, path, version, body);
                }
            }
        }
    }

    private static readonly string[] Queries =
    [
        "limit=1", "limit=0", "limit=-1", "limit=x", "marker=none", "name=a&status=b&id=c&project_id=d", "name=%27%22%25_%5C(", "name=%00",
        "sort_key=created_at&sort_dir=asc", "sort_key=name", "sort=name:desc", "sort_key=none", "all_tenants=1", "changes-since=2020-01-01T00:00:00Z",
        "changes-since=x", "fields=id&fields=name", "offset=99999999999", "name=in:a,b&created_at=gt:2020-01-01T00:00:00Z",
    ];

    private static IEnumerable<string?> Versions(ServiceApi api, Route route)
    {
        if (api.Microversions is not { } range) return [null];
        var first = route.First ?? range.Min;
        var last = route.Last ?? range.Max;
        return new[] { first, last }.Distinct().Select(v => $"{range.ServiceType} {v}");
    }
}

public sealed class EveryRouteOnSqliteTests : EveryRouteTests
{
    protected override Task<string?> Database() => Task.FromResult<string?>(null);
}

public sealed class EveryRouteOnPostgresTests(PrivatePostgres postgres) : EveryRouteTests, IClassFixture<PrivatePostgres>
{
    protected override async Task<string?> Database() => await postgres.NewDatabase();
}
