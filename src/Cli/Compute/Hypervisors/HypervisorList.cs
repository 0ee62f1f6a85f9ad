using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Hypervisors;

sealed class HypervisorList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<string?> _matching = syntax.Value("--matching", "<hostname>", "Keep hypervisors whose hostname has this in it");
    private readonly Option<string?> _marker = syntax.Value("--marker", "<marker>", "Begin behind this hypervisor (ID) (needs 2.33)");
    private readonly Option<string?> _limit = syntax.Value("--limit", "<limit>", "Most hypervisors to list (needs 2.33)");
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");

    public override string Description => "List hypervisors";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        if (call.Has(_matching) && (call.Has(_marker) || call.Has(_limit)))
            throw new CommandError("--matching is not compatible with --marker or --limit");
        var compute = call.Cloud.Compute;
        if (call.Has(_marker)) compute.Need("2.33", "--marker option");
        if (call.Has(_limit)) compute.Need("2.33", "--limit option");
        var limit = call.Number(_limit);
        var path = "/os-hypervisors/detail" + new Query().With("marker", call[_marker]).With("limit", limit);
        if (call[_matching] is { } part)
        {
            path = compute.AtLeast("2.53") ? "/os-hypervisors?hypervisor_hostname_pattern=" + Uri.EscapeDataString(part)
                : $"/os-hypervisors/{Uri.EscapeDataString(part)}/search";
        }

        var hypervisors = await compute.List(path, "hypervisors", cancellation, limit);
        (string, Func<JsonObject, Cell>)[] columns =
        [
            Columns.Of("ID", "id"), Columns.Of("Hypervisor Hostname", "hypervisor_hostname"), Columns.Of("Hypervisor Type", "hypervisor_type"),
            Columns.Of("Host IP", "host_ip"), Columns.Of("State", "state"),
        ];
        return Table.Of(hypervisors, call[_long]
            ? [.. columns, Columns.Of("vCPUs Used", "vcpus_used"), Columns.Of("vCPUs", "vcpus"), Columns.Of("Memory MB Used", "memory_mb_used"),
                Columns.Of("Memory MB", "memory_mb")]
            : columns);
    }
}
