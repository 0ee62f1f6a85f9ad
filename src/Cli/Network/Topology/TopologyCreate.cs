using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Topology;

/// <summary>A project's network, subnet and router, made at the first question for them.</summary>
sealed class TopologyCreate(Syntax syntax) : ShowCommand(syntax)
{
    private static readonly Fields Shown = new("id project_id=tenant_id", []);

    private readonly ProjectOption _project = new(syntax, "Project whose topology it is (name or ID; default one's own)");
    private readonly Option<bool> _check = syntax.Flag("--check-resources", "Only find out whether it could be made");
    private readonly Option<bool> _orShow = syntax.Flag("--or-show", "Show the one that is there already (default)");

    public override string Description => "Create the auto allocated topology for project";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var path = await Path(call, _project, cancellation);
        if (!call[_check])
            return Shown.Show((await call.Cloud.Network.Get(path, cancellation))["auto_allocated_topology"]!.AsObject());
        var answer = await call.Cloud.Network.Get(path + "?fields=dry-run", cancellation);
        var passes = answer.Field("auto_allocated_topology").Text("id") == "dry-run=pass";
        return new Record([("dry_run", new Cell(passes ? "pass" : "fail"))]);
    }

    public static async Task<string> Path(Call call, ProjectOption project, CancellationToken cancellation) => "/auto-allocated-topology/"
        + (await project.Id(call, cancellation) ?? (await call.Cloud.Session(cancellation)).ProjectId);
}
