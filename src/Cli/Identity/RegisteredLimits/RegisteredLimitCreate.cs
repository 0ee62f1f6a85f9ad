using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity.Limits;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.RegisteredLimits;

sealed class RegisteredLimitCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly LimitPlace _place = new(syntax, needsService: true);
    private readonly Option<string?> _limit = syntax.Needed("--default-limit", "<default-limit>", "How much each project may have");
    private readonly Argument<string> _resource = syntax.Argument("<resource-name>", "Resource that is limited");

    public override string Description => "Create a registered limit";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var body = new JsonObject
        {
            ["default_limit"] = call.Number(_limit),
            ["service_id"] = await _place.ServiceId(call, cancellation), ["resource_name"] = call[_resource],
        };
        body.With("description", call[_description]).With("region_id", await _place.RegionId(call, cancellation));
        return await LimitFields.Create(call, Resources.RegisteredLimit, body, cancellation);
    }
}
