using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Endpoints;

/// <summary><c>endpoint add|remove project</c>: which projects see an endpoint in their catalog.</summary>
abstract class EndpointProject(Syntax syntax, bool isAdd) : ActionCommand(syntax)
{
    private readonly Argument<string> _endpoint = syntax.Argument("<endpoint>", "Endpoint (ID)");
    private readonly ProjectArgument _project = new(syntax, "Project (name or ID)");

    public override string Description => isAdd ? "Associate a project to an endpoint" : "Dissociate a project from an endpoint";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var endpoint = await call.Cloud.FindId(Resources.Endpoint, call[_endpoint], cancellation);
        var path = $"/OS-EP-FILTER/projects/{await _project.Id(call, cancellation)}/endpoints/{endpoint}";
        await (isAdd ? call.Cloud.Identity.Put(path, null, cancellation) : call.Cloud.Identity.Delete(path, cancellation));
    }
}
