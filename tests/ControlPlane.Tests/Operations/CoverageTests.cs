using System.Runtime.CompilerServices;
using System.Text;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>
/// docs/api-coverage.md says the truth: it is made from the routes that the rooms have registered, and this test makes it again.
/// After a change of routes, <c>CUMULET_WRITE_COVERAGE=1</c> writes it.
/// </summary>
public sealed class CoverageTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private enum Standing { Served, Refused, Gone, Missing }

    private sealed record Operation(string Service, string Method, string Path, string Action, string First, string Last)
    {
        public string Key => $"{Service} {Method} {Path}{(Action == "-" ? "" : $" {Action}")}";
        public string Shown => $"{Path}{(Action == "-" ? "" : $" **{Action}**")}{Bounds}";
        private string Bounds => (First, Last) switch
        {
            ("-", "-") => "",
            (var first, "-") => $" (from {first})",
            ("-", var last) => $" (to {last})",
            var (first, last) => $" ({first} to {last})",
        };
    }

    [Fact]
    public async Task Coverage_page_made_from_the_routes_is_the_one_in_the_documentation()
    {
        var page = Page();
        var file = Path.Combine(Folder(), "../../../docs/api-coverage.md");
        if (Environment.GetEnvironmentVariable("CUMULET_WRITE_COVERAGE") == "1")
            await File.WriteAllTextAsync(file, page, TestContext.Current.CancellationToken);
        Assert.Equal(page, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Refusals_name_operations_that_exist_with_a_reason()
    {
        var known = Operations().Select(o => o.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, reason) in Refusals())
        {
            Assert.Contains(key, known);
            Assert.NotEmpty(reason);
        }
    }

    private string Page()
    {
        var refusals = Refusals();
        var served = cloud.Cloud.Rooms.Apis.ToDictionary(a => a.Name, a => a.Routes.All.ToLookup(r => Form(a, r.Method, r.Pattern)), StringComparer.Ordinal);
        var apis = cloud.Cloud.Rooms.Apis.ToDictionary(a => a.Name, StringComparer.Ordinal);
        var standing = Operations().Select(o => (Operation: o, Standing: refusals.ContainsKey(o.Key) ? Standing.Refused
            : Routes(o).FirstOrDefault(r => Answers(r, o)) is not { } route ? Standing.Missing
            : route.Policy?.Name == "os_compute_api:removed" ? Standing.Gone : Standing.Served)).ToList();
        var page = new StringBuilder($"""
            # What of OpenStack's API is served

            Made by a test from the routes of the running cloud and the {standing.Count} operations of the six services' API references.
            *Refused* is answered with a clear error on purpose, reasons below; *gone* is 410, as the services themselves answer since the
            operation left their API; *missing* is 404.

            | service | operations | served | refused | gone | missing | served |
            |---|---:|---:|---:|---:|---:|---:|

            """);
        foreach (var service in standing.GroupBy(s => s.Operation.Service)) page.Append(Counts(service.Key, [.. service.Select(s => s.Standing)]));
        page.Append(Counts("**all**", [.. standing.Select(s => s.Standing)]));
        page.Append("\n## Refused\n\n");
        foreach (var (operation, _) in standing.Where(s => s.Standing == Standing.Refused))
            page.Append($"- {operation.Service} {operation.Method} {operation.Shown}: {refusals[operation.Key]}\n");
        foreach (var kind in (Standing[])[Standing.Missing, Standing.Gone, Standing.Served])
        {
            page.Append($"\n## {kind}\n");
            foreach (var service in standing.Where(s => s.Standing == kind).GroupBy(s => s.Operation.Service))
            {
                page.Append($"\n### {service.Key}\n\n");
                foreach (var path in service.GroupBy(s => s.Operation.Shown))
                    page.Append($"- {string.Join(' ', path.Select(p => p.Operation.Method).Distinct())} {path.Key}\n");
            }
        }
        return page.ToString();

        // GET is asked with HEAD too.
        IEnumerable<Route> Routes(Operation operation) => ((string[])[operation.Method, operation.Method == "HEAD" ? "GET" : operation.Method])
            .SelectMany(method => served[operation.Service][Form(apis[operation.Service], method, operation.Path)]);
    }

    private static string Counts(string service, IReadOnlyList<Standing> all)
    {
        int Of(Standing standing) => all.Count(s => s == standing);
        return $"| {service} | {all.Count} | {Of(Standing.Served)} | {Of(Standing.Refused)} | {Of(Standing.Gone)} | {Of(Standing.Missing)} | {100 * Of(Standing.Served) / all.Count} % |\n";
    }

    // Paths without the names of their parameters, and without the project id that Nova and Cinder take or leave out.
    private static string Form(ServiceApi api, string method, string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries).ToList();
        if (segments is [var version, "{project_id}", _, ..] && api.ProjectIdAfter.Contains(version)) segments.RemoveAt(1);
        return $"{method} /{string.Join('/', segments.Select(s => s[0] == '{' ? "{}" : s))}";
    }

    private static bool Answers(Route route, Operation operation)
    {
        if (operation.Action != "-" && route.ActionKey is { } key && key != operation.Action) return false;
        if (Microversion.TryParse(operation.First, out var wantedFirst) && route.Last is { } last && last < wantedFirst) return false;
        return !Microversion.TryParse(operation.Last, out var wantedLast) || route.First is not { } first || first <= wantedLast;
    }

    private static IReadOnlyList<Operation> Operations() => [.. Lines("operations.txt").Select(line => line.Split('\t') is [var service, var method, var path, var action, var first, var last]
        ? new Operation(service, method, path, action, first, last)
        : throw new FormatException(line))];

    // A line each: the operation as in the list of operations, a tab, the reason.
    private static Dictionary<string, string> Refusals() =>
        Lines("refusals.txt").Select(line => line.Split('\t')).ToDictionary(line => line[0], line => line[1], StringComparer.Ordinal);

    private static IEnumerable<string> Lines(string name) => File.ReadLines(Path.Combine(Folder(), name)).Where(line => line is not ([] or ['#', ..]));

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
