using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Limits;

sealed class LimitList(Syntax syntax) : ListCommand(syntax)
{
    private readonly LimitPlace _place = new(syntax, needsService: false);
    private readonly Option<string?> _resource = syntax.Value("--resource-name", "<resource-name>", "Keep limits of this resource");
    private readonly Option<string?> _project = syntax.Value("--project", "<project>", "Keep limits of this project (name or ID)");

    public override string Description => "List limits";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var query = new Query().With("service_id", await _place.ServiceId(call, cancellation)).With("resource_name", call[_resource])
            .With("region_id", await _place.RegionId(call, cancellation))
            .With("project_id", await call.Cloud.FindIdOrNull(Resources.Project, call[_project], cancellation));
        return Table.Of(await call.Cloud.Identity.List("/limits" + query, "limits", cancellation),
            Columns.Headed("ID", "Project ID", "Service ID", "Resource Name", "Resource Limit", "Description", "Region ID"));
    }
}
