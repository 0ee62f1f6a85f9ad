using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.ServerGroups;

sealed class ServerGroupShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _group = syntax.Argument("<server-group>", "Server group to display (name or ID)");

    public override string Description => "Display server group details.";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        call.Cloud.Compute.Prefer("2.64");
        return ServerGroupFields.Show(await call.Cloud.Find(Resources.ServerGroup, call[_group], cancellation), call.Cloud.Compute);
    }
}
