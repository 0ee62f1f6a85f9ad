using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Networks;

sealed class NetworkCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly ExtraProperties _extra = new(syntax);
    private readonly Argument<string> _name = syntax.Argument("<name>", "New network name");
    private readonly NetworkOptions _options = new(syntax);
    private readonly ProjectOption _project = new(syntax, "Owner's project (name or ID)");
    private readonly Option<string[]> _zones = syntax.Values("--availability-zone-hint", "<availability-zone>", "Availability zone for it (repeatable)");
    private readonly Option<bool> _transparent = syntax.FlagIn("transparent", "--transparent-vlan", "Pass the guests' VLAN tags on");
    private readonly Option<bool> _opaque = syntax.FlagIn("transparent", "--no-transparent-vlan", "Do not pass VLAN tags on");
    private readonly QosPolicyOption _qos = new(syntax, canDetach: false);
    private readonly Tags _tags = new(syntax, Resources.Network, TagUse.Create);

    public override string Description => "Create new network";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var body = _options.Read(call);
        body["name"] = call[_name];
        body["admin_state_up"] ??= true;
        body.With("project_id", await _project.Id(call, cancellation));
        await _qos.AddTo(body, call, cancellation);
        if (call.Has(_zones)) body["availability_zone_hints"] = JsonReading.Array(call[_zones]);
        if (call.Either(_transparent, _opaque) is { } transparent) body["vlan_transparent"] = transparent;
        _extra.AddTo(body, call);
        var answer = await call.Cloud.Network.Post("/networks", new JsonObject { ["network"] = body }, cancellation);
        var network = answer["network"]!.AsObject();
        await _tags.Apply(call, network, cancellation);
        return NetworkFields.Show(network);
    }
}
