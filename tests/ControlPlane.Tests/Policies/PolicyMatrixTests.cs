using System.Collections.Concurrent;
using System.Net;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Tests.Policies;

/// <summary>
/// Every operation asked over HTTP by every kind of caller: no token, an expired one, a member of another project, reader, member and
/// manager of the owner's project, administrator and service. Whether it is refused is compared with what OpenStack's own evaluation
/// of its default policies decides.
/// </summary>
public sealed class PolicyMatrixTests
{
    private static readonly string[] Personas = ["other_member", "reader", "member", "manager", "admin", "service"];

    private sealed class LaterClock : TimeProvider
    {
        public TimeSpan Later { get; set; }
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Later;
    }

    [Fact]
    public async Task Operation_is_refused_to_whom_the_reference_refuses_it()
    {
        var clock = new LaterClock();
        var cloud = new TestCloud { Clock = clock };
        await cloud.InitializeAsync();
        await using var ends = cloud;
        using var expired = await cloud.As("admin");
        clock.Later = TimeSpan.FromHours(2);
        using var nobody = cloud.Anonymous();
        var wrong = new ConcurrentQueue<string>();
        var cases = 0;
        foreach (var (client, who) in ((HttpClient, string)[])[(nobody, "no token"), (expired, "expired token")])
            foreach (var (api, route) in Routes(cloud))
            {
                cases++;
                var status = await Anonymous(client, api, route);
                if (status != HttpStatusCode.Unauthorized) wrong.Enqueue($"{Name(api, route)}: {who} is answered {(int)status}");
            }
        await Parallel.ForEachAsync(Personas, new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (persona, _) =>
        {
            var asked = await Ask(cloud, persona, wrong);
            Interlocked.Add(ref cases, asked);
        });
        Console.WriteLine($"policy matrix: {cases} cases");
        Assert.True(wrong.IsEmpty, $"{wrong.Count} of {cases}:\n{string.Join('\n', wrong.Order(StringComparer.Ordinal))}");
        Assert.True(cases > 7_000, $"only {cases} cases");
    }

    /// <summary>What a route asks is what OpenStack's code says of the operation, or stands in differences.txt with the reason.</summary>
    [Fact]
    public async Task Route_names_the_policy_of_the_reference()
    {
        await using var cloud = await TestCloud.Start();
        var reference = PolicyData.Lines("reference.txt").Select(l => l.Split('\t')).ToDictionary(l => $"{l[0]} {l[1]} {l[2]}", l => l[3].Split(' '));
        var differences = PolicyData.Lines("differences.txt").Select(l => l.Split('\t')).Where(l => l[1] == "policy").Select(l => l[0]).ToHashSet();
        var found = 0;
        foreach (var (api, route) in Routes(cloud))
        {
            var form = string.Join('/', route.Pattern.Split('/').Select(s => s.StartsWith('{') ? "{}" : s));
            var key = $"{api.Name} {route.Method} /{form} {route.ActionKey ?? "-"}";
            if (!reference.TryGetValue(key, out var policies) || differences.Contains(Name(api, route))) continue;
            found++;
            Assert.True(policies.Contains(route.Policy!.Name), $"{Name(api, route)} asks {route.Policy.Name}, the reference {string.Join(", ", policies)}");
        }
        Assert.True(found > 750, $"only {found} operations are in the reference");
    }

    private static async Task<HttpStatusCode> Anonymous(HttpClient client, ServiceApi api, Route route)
    {
        var path = string.Join('/', route.Pattern.Split('/').Select(s => s.StartsWith('{') ? "7c9e6679-7425-40de-944b-e07fc1f90ae7" : s));
        using var request = new HttpRequestMessage(new HttpMethod(route.Method), $"/{api.Mount}/{path}");
        if (route.Method is not ("GET" or "HEAD" or "DELETE"))
            request.Content = TestCloud.Body(route.ActionKey is { } key ? $$"""{"{{key}}":null}""" : "{}");
        if (api.Microversions is { } range) request.Headers.Add(MicroversionRange.Header, $"{range.ServiceType} {route.Last ?? range.Max}");
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<int> Ask(TestCloud cloud, string persona, ConcurrentQueue<string> wrong)
    {
        var differences = PolicyData.Lines("differences.txt").Select(l => l.Split('\t')).Where(l => l[1].Split(' ').Contains(persona)).Select(l => l[0]).ToHashSet();
        var world = new MatrixWorld(cloud, persona);
        await world.Make();
        using var client = await world.Persona();
        var cases = 0;
        foreach (var (api, route) in Routes(cloud).OrderBy(r => Turn(r.Route)).ThenByDescending(r => r.Route.Method == "DELETE" ? Depth(r.Route) : 0))
        {
            var (request, isAboutOwn) = world.Ask(api, route);
            using var sent = request;
            using var answer = await client.SendAsync(request);
            cases++;
            if (differences.Contains(Name(api, route))) continue;
            var allowed = isAboutOwn && Line(api, route) is { } line
                ? line.Allows(persona)
                : route.Policy!.Allows(Decisions.CallerOf(persona), Of(Decisions.CallerOf(persona)));
            if (Problem(answer.StatusCode, allowed, mayHide: isAboutOwn && persona is "other_member" or "service") is not { } problem) continue;
            if (!allowed && IsEmptyList(route, answer) && !await Tells(answer, world)) continue;
            wrong.Enqueue($"{Name(api, route)}: {persona} {problem}");
        }
        return cases;
    }

    // What is of no project of the world's is the caller's own, or will be.
    private static PolicyTarget Of(Caller caller)
    {
        var target = PolicyTarget.OwnedBy(caller.ProjectId, caller.UserId);
        foreach (var owner in (string[])["owner", "network:project_id", "ext_parent:project_id", "security_group:project_id"]) target[owner] = caller.ProjectId;
        return target;
    }

    private static string? Problem(HttpStatusCode status, bool allowed, bool mayHide) => status switch
    {
        HttpStatusCode.Unauthorized => "is not known",
        HttpStatusCode.Forbidden => allowed ? "is refused" : null,
        HttpStatusCode.NotFound when !allowed => mayHide ? null : "is answered 404 instead of 403",
        _ => allowed ? null : $"is answered {(int)status} instead of 403",
    };

    // A list leaves out what its reader may not see, instead of being refused.
    private static bool IsEmptyList(Route route, HttpResponseMessage answer) =>
        route.Method == "GET" && answer.StatusCode == HttpStatusCode.OK && !route.Pattern.EndsWith('}');

    private static async Task<bool> Tells(HttpResponseMessage answer, MatrixWorld world)
    {
        var text = await answer.Content.ReadAsStringAsync();
        return world.OwnIds.Any(id => text.Contains(id, StringComparison.Ordinal));
    }

    private static Decisions.Line? Line(ServiceApi api, Route route) =>
        Decisions.Table.FirstOrDefault(l => l.Service == api.Name && l.Policy == route.Policy!.Name);

    // What cannot be taken back comes last.
    private static int Turn(Route route) => route switch
    {
        { Method: "GET" or "HEAD" } => 0,
        { ActionKey: "forceDelete" or "os-force_delete" or "delete" or "os-unmanage" } => 2,
        { Method: "DELETE" } => 3,
        _ => 1,
    };

    private static int Depth(Route route) => route.Pattern.Count(c => c == '/');

    private static IEnumerable<(ServiceApi Api, Route Route)> Routes(TestCloud cloud) => cloud.Cloud.Rooms.Apis
        .SelectMany(api => api.Routes.All.Where(r => r.Moment != PolicyMoment.Open && r.Policy!.Name != "os_compute_api:removed").Select(r => (api, r)));

    private static string Name(ServiceApi api, Route route) => $"{api.Name} {route.Method} {route.Pattern}{(route.ActionKey is { } key ? " " + key : "")}";
}
