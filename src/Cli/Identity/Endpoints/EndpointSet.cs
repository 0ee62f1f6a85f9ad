using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity.Services;

namespace Cumulet.Cli.Identity.Endpoints;

sealed class EndpointSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _endpoint = syntax.Argument("<endpoint-id>", "Endpoint to modify (ID)");
    private readonly Option<string?> _region = syntax.Value("--region", "<region-id>", "New region (ID)");
    private readonly Option<string?> _interface = syntax.Value("--interface", "<interface>", "New interface", "admin", "public", "internal");
    private readonly Option<string?> _url = syntax.Value("--url", "<url>", "New address");
    private readonly Option<string?> _service = syntax.Value("--service", "<service>", "New service (name or ID)");
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Enable it");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Disable it");

    public override string Description => "Set endpoint properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var service = call[_service] is { } name ? (await ServiceFields.Find(call, name, cancellation)).Id() : null;
        var body = new JsonObject().With("interface", call[_interface]).With("url", call[_url]).With("region_id", call[_region])
            .With("service_id", service).With("enabled", call.Either(_enable, _disable));
        await Entity.Update(call, Resources.Endpoint, call[_endpoint], body, cancellation);
    }
}
