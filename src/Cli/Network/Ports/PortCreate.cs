using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Ports;

sealed class PortCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly ExtraProperties _extra = new(syntax);
    private readonly Option<string?> _network = syntax.Needed("--network", "<network>", "Network it belongs to (name or ID)");
    private readonly PortOptions _options = new(syntax);
    private readonly Option<bool> _uplink = syntax.FlagIn("uplink", "--enable-uplink-status-propagation", "Pass the uplink's status on");
    private readonly Option<bool> _noUplink = syntax.FlagIn("uplink", "--disable-uplink-status-propagation", "Do not pass it on (default)");
    private readonly ProjectOption _project = new(syntax, "Owner's project (name or ID)");
    private readonly Argument<string> _name = syntax.Argument("<name>", "Name of this port");
    private readonly Option<string?> _profile = syntax.Value("--device-profile", "<device-profile>", "Cyborg device profile");
    private readonly Tags _tags = new(syntax, Resources.Port, TagUse.Create);

    public override string Description => "Create a new port";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var body = await _options.Read(call, cancellation);
        body["name"] = call[_name];
        body["network_id"] = await call.Cloud.FindId(Resources.Network, call[_network]!, cancellation);
        body["admin_state_up"] ??= true;
        body.With("propagate_uplink_status", call.Either(_uplink, _noUplink))
            .With("project_id", await _project.Id(call, cancellation)).With("device_profile", call[_profile]);
        if (call.Has(_options.Addresses)) body["fixed_ips"] = new JsonArray([.. await FixedIps.Read(call, _options.Addresses, cancellation)]);
        else if (call[_options.NoAddress]) body["fixed_ips"] = new JsonArray();
        if (call.Has(_options.Groups)) body["security_groups"] = new JsonArray([.. await _options.GroupIds(call, cancellation)]);
        else if (call[_options.NoGroup]) body["security_groups"] = new JsonArray();
        if (call.Has(_options.Pairs)) body["allowed_address_pairs"] = new JsonArray([.. PortOptions.AddressPairs(call, _options.Pairs)]);
        _extra.AddTo(body, call);
        var answer = await call.Cloud.Network.Post("/ports", new JsonObject { ["port"] = body }, cancellation);
        var port = answer["port"]!.AsObject();
        await _tags.Apply(call, port, cancellation);
        return PortFields.Show(port);
    }
}
