using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.FloatingIps;

sealed class FloatingIpSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly ExtraProperties _extra = new(syntax);
    private readonly Argument<string> _address = syntax.Argument("<floating-ip>", "Floating IP to modify (address or ID)");
    private readonly Option<string?> _port = syntax.Value("--port", "<port>", "Port it leads to (name or ID)");
    private readonly Option<string?> _fixed = syntax.Value("--fixed-ip-address", "<ip-address>", "Address of the port that it leads to");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly QosPolicyOption _qos = new(syntax, canDetach: true);
    private readonly Tags _tags = new(syntax, Resources.FloatingIp, TagUse.Set);

    public override string Description => "Set floating IP Properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var address = await call.Cloud.Find(Resources.FloatingIp, call[_address], cancellation);
        var body = new JsonObject().With("port_id", await call.Cloud.FindIdOrNull(Resources.Port, call[_port], cancellation))
            .With("fixed_ip_address", call[_fixed]).With("description", call[_description]);
        await _qos.AddTo(body, call, cancellation);
        _extra.AddTo(body, call);
        if (body.Count > 0)
            await call.Cloud.Network.Put("/floatingips/" + address.Id(), new JsonObject { ["floatingip"] = body }, cancellation);
        await _tags.Apply(call, address, cancellation);
    }
}
