using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Routers;

sealed class RouterCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly ExtraProperties _extra = new(syntax);
    private readonly Argument<string> _name = syntax.Argument("<name>", "New router name");
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Enable the router (default)");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Disable the router");
    private readonly Option<bool> _distributed = syntax.FlagIn("distributed", "--distributed", "Make it distributed");
    private readonly Option<bool> _centralized = syntax.FlagIn("distributed", "--centralized", "Make it centralized");
    private readonly Option<bool> _ha = syntax.FlagIn("ha", "--ha", "Make it highly available");
    private readonly Option<bool> _noHa = syntax.FlagIn("ha", "--no-ha", "Make it not highly available");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly ProjectOption _project = new(syntax, "Owner's project (name or ID)");
    private readonly Option<string[]> _zones = syntax.Values("--availability-zone-hint", "<availability-zone>", "Availability zone for it (repeatable)");
    private readonly GatewayOptions _gateway = new(syntax);
    private readonly Tags _tags = new(syntax, Resources.Router, TagUse.Create);

    public override string Description => "Create a new router";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var body = new JsonObject { ["name"] = call[_name], ["admin_state_up"] = call.Either(_enable, _disable) ?? true };
        body.With("distributed", call.Either(_distributed, _centralized)).With("ha", call.Either(_ha, _noHa))
            .With("description", call[_description]).With("project_id", await _project.Id(call, cancellation));
        if (call.Has(_zones)) body["availability_zone_hints"] = JsonReading.Array(call[_zones]);
        await _gateway.AddTo(body, call, cancellation);
        _extra.AddTo(body, call);
        var answer = await call.Cloud.Network.Post("/routers", new JsonObject { ["router"] = body }, cancellation);
        var router = answer["router"]!.AsObject();
        await _tags.Apply(call, router, cancellation);
        return RouterFields.Show(router, null);
    }
}
