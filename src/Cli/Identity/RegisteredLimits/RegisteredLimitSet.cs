using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity.Limits;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.RegisteredLimits;

sealed class RegisteredLimitSet(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _id = syntax.Argument("<registered-limit-id>", "Registered limit to update (ID)");
    private readonly LimitPlace _place = new(syntax, needsService: false);
    private readonly Option<string?> _resource = syntax.Value("--resource-name", "<resource-name>", "New resource that is limited");
    private readonly Option<string?> _limit = syntax.Value("--default-limit", "<default-limit>", "How much each project may have now");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "New description");

    public override string Description => "Update information about a registered limit";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var body = new JsonObject().With("service_id", await _place.ServiceId(call, cancellation)).With("resource_name", call[_resource])
            .With("default_limit", call.Number(_limit)).With("description", call[_description])
            .With("region_id", await _place.RegionId(call, cancellation));
        return await LimitFields.Set(call, Resources.RegisteredLimit, call[_id], body, cancellation);
    }
}
