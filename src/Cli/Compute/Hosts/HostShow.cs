using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Hosts;

sealed class HostShow(Syntax syntax) : ListCommand(syntax)
{
    private readonly Argument<string> _host = syntax.Argument("<host>", "Name of host");

    public override string Description => "Display host details";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var answer = await call.Cloud.Compute.Get("/os-hosts/" + Uri.EscapeDataString(call[_host]), cancellation);
        return Table.Of(answer.Items("host").Select(item => item["resource"] as JsonObject ?? []),
        [
            Columns.Of("Host", "host"), Columns.Of("Project", "project"), Columns.Of("CPU", "cpu"), Columns.Of("Memory MB", "memory_mb"),
            Columns.Of("Disk GB", "disk_gb"),
        ]);
    }
}
