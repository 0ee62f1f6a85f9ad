using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Hosts;

sealed class HostList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<string?> _zone = syntax.Value("--zone", "<zone>", "Keep hosts in this availability zone");

    public override string Description => "List hosts";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var hosts = await call.Cloud.Compute.List("/os-hosts" + new Query().With("zone", call[_zone]), "hosts", cancellation);
        return Table.Of(hosts, [Columns.Of("Host Name", "host_name"), Columns.Of("Service", "service"), Columns.Of("Zone", "zone")]);
    }
}
