using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.FloatingIps;

sealed class FloatingIpUnset(Syntax syntax) : ActionCommand(syntax)
{
    private readonly ExtraProperties _extra = new(syntax);
    private readonly Argument<string> _address = syntax.Argument("<floating-ip>", "Floating IP to take off (address or ID)");
    private readonly Option<bool> _port = syntax.Flag("--port", "Take it off its port");
    private readonly Option<bool> _qos = syntax.Flag("--qos-policy", "Detach the QoS policy");
    private readonly Tags _tags = new(syntax, Resources.FloatingIp, TagUse.Unset);

    public override string Description => "Unset floating IP Properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var address = await call.Cloud.Find(Resources.FloatingIp, call[_address], cancellation);
        var body = new JsonObject();
        if (call[_port]) body["port_id"] = null;
        if (call[_qos]) body["qos_policy_id"] = null;
        _extra.ClearIn(body, call);
        if (body.Count > 0)
            await call.Cloud.Network.Put("/floatingips/" + address.Id(), new JsonObject { ["floatingip"] = body }, cancellation);
        await _tags.Apply(call, address, cancellation);
    }
}
