using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Tests.Policies;

namespace Cumulet.ControlPlane.Tests.Bodies;

/// <summary>
/// Every served operation with a body, sent the bodies that OpenStack's own schemas refuse (refused.txt), about things that are there:
/// the answer is 400, and where another is right it stands in exceptions.txt with the reason.
/// </summary>
public sealed class StrictBodyTests
{
    private sealed record Operation(string Service, string Method, string Path, string Action, string Version, List<string> Bodies)
    {
        public string Name => $"{Service} {Method} {Path}{(Action == "-" ? "" : " " + Action)}";
    }

    [Fact]
    public async Task Body_that_the_reference_refuses_is_a_bad_request()
    {
        await using var cloud = await TestCloud.Start();
        var world = new MatrixWorld(cloud, "admin");
        await world.Make();
        using var client = await world.Persona();
        var apis = cloud.Cloud.Rooms.Apis.ToDictionary(a => a.Name);
        var exceptions = Exceptions();
        var wrong = new ConcurrentQueue<string>();
        var cases = 0;
        await Parallel.ForEachAsync(Operations(), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (operation, _) =>
        {
            var api = apis[operation.Service];
            var route = api.Routes.All.First(r => r.Method == operation.Method && (r.ActionKey ?? "-") == operation.Action && Form(r) == operation.Path
                && (operation.Version == "-" || Serves(r, operation.Version)));
            var (path, _) = world.PathOf(api, route);
            foreach (var body in operation.Bodies)
            {
                Interlocked.Increment(ref cases);
                using var request = new HttpRequestMessage(new HttpMethod(operation.Method), path) { Content = TestCloud.Body(body) };
                if (api.Microversions is { } range) request.Headers.Add(MicroversionRange.Header, $"{range.ServiceType} {operation.Version}");
                using var answer = await client.SendAsync(request, CancellationToken.None);
                if (answer.StatusCode == HttpStatusCode.BadRequest) continue;
                var status = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
                if (exceptions.Any(e => operation.Name.StartsWith(e.Operation, StringComparison.Ordinal)
                    && (e.Status == "*" || e.Status == status) && body.Contains(e.Part, StringComparison.Ordinal))) continue;
                wrong.Enqueue($"{operation.Name}\t{status}\t{body}");
            }
        });
        Console.WriteLine($"strict bodies: {cases} cases");
        Assert.True(wrong.IsEmpty, $"{wrong.Count} of {cases}:\n{string.Join('\n', wrong.Order(StringComparer.Ordinal))}");
        Assert.True(cases > 4_000, $"only {cases} cases");
    }

    private static string Form(Route route) => "/" + string.Join('/', route.Pattern.Split('/').Select(s => s.StartsWith('{') ? "{}" : s));

    private static bool Serves(Route route, string version) => Microversion.TryParse(version, out var at)
        && (route.First is not { } first || at >= first) && (route.Last is not { } last || at <= last);

    private static IReadOnlyList<Operation> Operations()
    {
        var all = new List<Operation>();
        foreach (var line in Lines("refused.txt"))
            if (line.StartsWith("> ", StringComparison.Ordinal))
                all.Add(line[2..].Split('\t') is [var service, var method, var path, var action, var version]
                    ? new Operation(service, method, path, action, version, [])
                    : throw new FormatException(line));
            else all[^1].Bodies.Add(line);
        return all;
    }

    private static IReadOnlyList<(string Operation, string Status, string Part)> Exceptions() => [.. Lines("exceptions.txt").Select(l => l.Split('\t'))
        .Select(l => l is [var operation, var status, var part, _] ? (operation, status, part) : throw new FormatException(l[0]))];

    private static IEnumerable<string> Lines(string name, [CallerFilePath] string here = "") =>
        File.ReadLines(Path.Combine(Path.GetDirectoryName(here)!, name)).Where(line => line is not ([] or ['#', ..]));
}
