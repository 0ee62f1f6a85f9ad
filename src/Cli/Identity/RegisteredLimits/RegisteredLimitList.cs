using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity.Limits;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.RegisteredLimits;

sealed class RegisteredLimitList(Syntax syntax) : ListCommand(syntax)
{
    private readonly LimitPlace _place = new(syntax, needsService: false);
    private readonly Option<string?> _resource = syntax.Value("--resource-name", "<resource-name>", "Keep limits of this resource");

    public override string Description => "List registered limits";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var query = new Query().With("service_id", await _place.ServiceId(call, cancellation)).With("resource_name", call[_resource])
            .With("region_id", await _place.RegionId(call, cancellation));
        return Table.Of(await call.Cloud.Identity.List("/registered_limits" + query, "registered_limits", cancellation),
            Columns.Headed("ID", "Service ID", "Resource Name", "Default Limit", "Description", "Region ID"));
    }
}
