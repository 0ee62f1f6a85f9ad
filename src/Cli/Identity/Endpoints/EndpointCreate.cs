using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity.Services;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Endpoints;

sealed class EndpointCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _service = syntax.Argument("<service>", "Service it belongs to (name or ID)");
    private readonly Argument<string> _interface = syntax.Argument("<interface>", "Who it is for: admin, public or internal");
    private readonly Argument<string> _url = syntax.Argument("<url>", "Its address");
    private readonly Option<string?> _region = syntax.Value("--region", "<region-id>", "Region (ID)");
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Enable it (default)");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Disable it");

    public override string Description => "Create new endpoint";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        if (call[_interface] is not ("admin" or "public" or "internal"))
            throw call.Wrong($"argument <interface>: invalid choice: '{call[_interface]}' (choose from 'admin', 'public', 'internal')");
        var service = await ServiceFields.Find(call, call[_service], cancellation);
        var body = new JsonObject
        {
            ["service_id"] = service.Id(), ["interface"] = call[_interface], ["url"] = call[_url],
            ["enabled"] = call.Either(_enable, _disable) ?? true,
        };
        body.With("region", call[_region]);
        var answer = await call.Cloud.Identity.Post("/endpoints", new JsonObject { ["endpoint"] = body }, cancellation);
        return EndpointFields.Show(answer["endpoint"]!.AsObject(), service);
    }
}
