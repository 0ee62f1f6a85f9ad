using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Ports;

sealed class PortUnset(Syntax syntax) : ActionCommand(syntax)
{
    private readonly ExtraProperties _extra = new(syntax);
    private readonly Option<string[]> _addresses = syntax.Values("--fixed-ip", "subnet=<subnet>,ip-address=<ip-address>", "Remove this address (repeatable)");
    private readonly Option<string[]> _profile = syntax.Values("--binding-profile", "<binding-profile-key>", "Remove this key of the binding's data (repeatable)");
    private readonly Option<string[]> _groups = syntax.Values("--security-group", "<security-group>", "Remove this security group (name or ID) (repeatable)");
    private readonly Option<string[]> _pairs = syntax.Values("--allowed-address", "ip-address=<ip-address>[,mac-address=<mac-address>]", "Remove this other address (repeatable)");
    private readonly Option<bool> _qos = syntax.Flag("--qos-policy", "Detach the QoS policy");
    private readonly Option<bool> _plane = syntax.Flag("--data-plane-status", "Forget the status of the data plane");
    private readonly Option<bool> _numa = syntax.Flag("--numa-policy", "Forget the NUMA policy");
    private readonly Option<bool> _host = syntax.Flag("--host", "Forget the host");
    private readonly Tags _tags = new(syntax, Resources.Port, TagUse.Unset);
    private readonly Argument<string> _port = syntax.Argument("<port>", "Port to modify (name or ID)");

    public override string Description => "Unset port properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var port = await call.Cloud.Find(Resources.Port, call[_port], cancellation);
        var body = new JsonObject();
        if (call.Has(_addresses)) body["fixed_ips"] = Lists.Without(port, "fixed_ips", await FixedIps.Read(call, _addresses, cancellation), "Port", "fixed-ip");
        if (call.Has(_profile)) body["binding:profile"] = WithoutKeys(port, call[_profile]);
        if (call.Has(_groups))
        {
            var ids = await Task.WhenAll(call[_groups].Select(async group => (JsonNode)await call.Cloud.FindId(Resources.SecurityGroup, group, cancellation)));
            body["security_groups"] = Lists.Without(port, "security_groups", ids, "Port", "security group");
        }

        if (call.Has(_pairs)) body["allowed_address_pairs"] = Lists.Without(port, "allowed_address_pairs", PortOptions.AddressPairs(call, _pairs), "Port", "allowed-address-pair");
        if (call[_qos]) body["qos_policy_id"] = null;
        if (call[_plane]) body["data_plane_status"] = null;
        if (call[_numa]) body["numa_affinity_policy"] = null;
        if (call[_host]) body["binding:host_id"] = null;
        _extra.ClearIn(body, call);
        if (body.Count > 0)
            await call.Cloud.Network.Put("/ports/" + port.Id(), new JsonObject { ["port"] = body }, cancellation);
        await _tags.Apply(call, port, cancellation);
    }

    private static JsonObject WithoutKeys(JsonObject port, string[] keys)
    {
        var profile = (JsonObject)(port["binding:profile"].Copy() ?? new JsonObject());
        foreach (var key in keys)
        {
            if (!profile.Remove(key)) throw new CommandError($"Port does not contain binding-profile {key}");
        }

        return profile;
    }
}
