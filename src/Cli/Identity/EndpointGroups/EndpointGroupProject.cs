using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.EndpointGroups;

/// <summary><c>endpoint group add|remove project</c>.</summary>
abstract class EndpointGroupProject(Syntax syntax, bool isAdd) : ActionCommand(syntax)
{
    private readonly Argument<string> _group = syntax.Argument("<endpoint-group>", "Endpoint group (name or ID)");
    private readonly ProjectArgument _project = new(syntax, "Project (name or ID)");

    public override string Description => isAdd ? "Add a project to an endpoint group" : "Remove project from endpoint group";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var group = await call.Cloud.FindId(Resources.EndpointGroup, call[_group], cancellation);
        var path = $"/OS-EP-FILTER/endpoint_groups/{group}/projects/{await _project.Id(call, cancellation)}";
        await (isAdd ? call.Cloud.Identity.Put(path, null, cancellation) : call.Cloud.Identity.Delete(path, cancellation));
    }
}
