using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.EndpointGroups;

sealed class EndpointGroupList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<string?> _group =
        syntax.ValueIn("of", "--endpointgroup", "<endpoint-group>", "Projects of this group (name or ID)");
    private readonly Option<string?> _project = syntax.ValueIn("of", "--project", "<project>", "Groups of this project (name or ID)");
    private readonly Option<string?> _domain = syntax.Value("--domain", "<domain>", "Domain the project is in (name or ID)");

    public override string Description => "List endpoint groups";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var (path, key) = ("/OS-EP-FILTER/endpoint_groups", "endpoint_groups");
        if (await call.Cloud.FindIdOrNull(Resources.EndpointGroup, call[_group], cancellation) is { } group)
            (path, key) = ($"{path}/{group}/projects", "projects");
        else if (call[_project] is { } name)
        {
            var project = await Entity.Find(call, Resources.Project, name, _domain, cancellation);
            path = $"/OS-EP-FILTER/projects/{project.Id()}/endpoint_groups";
        }

        return Table.Of(await call.Cloud.Identity.List(path, key, cancellation), Columns.Headed("ID", "Name", "Description"));
    }
}
