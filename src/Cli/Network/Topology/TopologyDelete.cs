using Cumulet.Cli.Commands;
using Cumulet.Cli.Identity;

namespace Cumulet.Cli.Network.Topology;

sealed class TopologyDelete(Syntax syntax) : ActionCommand(syntax)
{
    private readonly ProjectOption _project = new(syntax, "Project whose topology it is (name or ID; default one's own)");

    public override string Description => "Delete auto allocated topology for project";

    protected override async Task Act(Call call, CancellationToken cancellation) =>
        await call.Cloud.Network.Delete(await TopologyCreate.Path(call, _project, cancellation), cancellation);
}
