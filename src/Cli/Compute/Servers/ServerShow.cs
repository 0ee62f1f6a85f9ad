using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Option<bool> _diagnostics = syntax.FlagIn("what", "--diagnostics", "Show what the hypervisor measures of it");
    private readonly Option<bool> _topology = syntax.FlagIn("what", "--topology", "Add its NUMA topology (needs 2.78)");

    public override string Description => "Show server details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        if (call[_topology]) compute.Need("2.78", "--topology option");
        var server = await call.Cloud.Find(Resources.Server, call[_server], cancellation);
        if (call[_diagnostics])
            return Record.Sorted(await compute.Get($"/servers/{server.Id()}/diagnostics", cancellation));
        var record = await ServerFields.Show(call.Cloud, server, cancellation);
        if (!call[_topology]) return record;
        var topology = await compute.Get($"/servers/{server.Id()}/topology", cancellation);
        return Record.Sorted(record.Fields.Append(("topology", Cell.Pairs(topology))));
    }
}
