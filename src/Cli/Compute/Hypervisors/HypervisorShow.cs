using System.Text.RegularExpressions;
using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Hypervisors;

sealed partial class HypervisorShow(Syntax syntax) : ShowCommand(syntax)
{
    private static readonly Resource Kind = new(ServiceType.Compute, "/os-hypervisors", "hypervisor", "hypervisors", "hypervisor")
    {
        Details = "/os-hypervisors/detail", ByName = "", NameField = "hypervisor_hostname", ListHasIds = true,
    };

    private readonly Argument<string> _hypervisor = syntax.Argument("<hypervisor>", "Hypervisor to display (name or ID)");

    public override string Description => "Display hypervisor details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        var hypervisor = await call.Cloud.Find(Kind, call[_hypervisor], cancellation);
        var host = hypervisor["service"].Text("host");
        var fields = hypervisor.Where(pair => pair.Key is not ("service" or "cpu_info")).Select(pair => (pair.Key, Cell.Plain(pair.Value.Copy()))).ToList();
        fields.Add(("cpu_info", Cell.Pairs(CpuInfo(hypervisor["cpu_info"]))));
        fields.Add(("service_id", Cell.Plain(hypervisor["service"].Field("id").Copy())));
        fields.Add(("service_host", new Cell(host)));
        var aggregates = await compute.List("/os-aggregates", "aggregates", cancellation);
        fields.Add(("aggregates", new Cell(JsonReading.Array(aggregates
            .Where(aggregate => aggregate["hosts"] is JsonArray hosts && hosts.Any(item => item?.GetValue<string>() == host))
            .Select(aggregate => aggregate.Text("name")!)))));
        if (!hypervisor.ContainsKey("uptime")) await AddUptime(compute, hypervisor, fields, cancellation);
        return Record.Sorted(fields);
    }

    /// <summary>Up to 2.27 a text with JSON in it.</summary>
    private static JsonNode CpuInfo(JsonNode? info) => info switch
    {
        JsonObject fields => fields.DeepClone(),
        JsonValue text when text.TryGetValue<string>(out var json) && json.Length > 0 => JsonNode.Parse(json) ?? new JsonObject(),
        _ => new JsonObject(),
    };

    private static async Task AddUptime(ServiceClient compute, JsonObject hypervisor, List<(string, Cell)> fields, CancellationToken cancellation)
    {
        try
        {
            var answer = await compute.Get($"/os-hypervisors/{hypervisor.Text("id")}/uptime", cancellation);
            if (Uptime().Match(answer["hypervisor"].Text("uptime") ?? "") is not { Success: true } match) return;
            fields.AddRange([("host_time", new Cell(match.Groups[1].Value)), ("uptime", new Cell(match.Groups[2].Value)),
                ("users", new Cell(match.Groups[3].Value)), ("load_average", new Cell(match.Groups[4].Value))]);
        }
        catch (ApiError error) when (error.Status is 501 or 404 or 400)
        {
            // The driver cannot tell; the rest is still worth showing.
        }
    }

    [GeneratedRegex(@"^\s*(.+)\sup\s+(.+),\s+(.+)\susers?,\s+load average:\s(.+)")]
    private static partial Regex Uptime();
}
