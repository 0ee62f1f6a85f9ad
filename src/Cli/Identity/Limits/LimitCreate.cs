using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Limits;

sealed class LimitCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly LimitPlace _place = new(syntax, needsService: true);
    private readonly Option<string?> _project = syntax.Needed("--project", "<project>", "Project that is limited (name or ID)");
    private readonly Option<string?> _limit = syntax.Needed("--resource-limit", "<resource-limit>", "How much the project may have");
    private readonly Argument<string> _resource = syntax.Argument("<resource-name>", "Resource that is limited");

    public override string Description => "Create a limit";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var body = new JsonObject
        {
            ["resource_limit"] = call.Number(_limit),
            ["project_id"] = await call.Cloud.FindId(Resources.Project, call[_project]!, cancellation),
            ["service_id"] = await _place.ServiceId(call, cancellation), ["resource_name"] = call[_resource],
        };
        body.With("description", call[_description]).With("region_id", await _place.RegionId(call, cancellation));
        return await LimitFields.Create(call, Resources.Limit, body, cancellation);
    }
}
