using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Ports;

/// <summary>The options that creating and setting a port have in common.</summary>
sealed class PortOptions(Syntax syntax)
{
    private static readonly string[] Kinds =
        ["direct", "direct-physical", "macvtap", "normal", "baremetal", "virtio-forwarder", "vdpa", "remote-managed"];

    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly Option<string?> _device = syntax.Value("--device", "<device-id>", "Device ID");
    private readonly Option<string?> _mac = syntax.Value("--mac-address", "<mac-address>", "MAC address (admin only)");
    private readonly Option<string?> _owner = syntax.Value("--device-owner", "<device-owner>", "Device owner, such as compute:nova");
    private readonly Option<string?> _kind = syntax.Value("--vnic-type", "<vnic-type>", "Kind of interface (default normal)", Kinds);
    private readonly Option<string?> _host = syntax.Value("--host", "<host-id>", "Host to bind it on");
    private readonly Option<string?> _domain = syntax.Value("--dns-domain", "<dns-domain>", "DNS domain");
    private readonly Option<string?> _dnsName = syntax.Value("--dns-name", "<dns-name>", "DNS name");
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Enable the port (default)");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Disable the port");
    private readonly Option<bool> _security = syntax.FlagIn("security", "--enable-port-security", "Secure the port (default)");
    private readonly Option<bool> _noSecurity = syntax.FlagIn("security", "--disable-port-security", "Do not secure the port");
    private readonly QosPolicyOption _qos = new(syntax, canDetach: false);
    private readonly Option<bool> _required = syntax.FlagIn("numa", "--numa-policy-required", "NUMA affinity is required");
    private readonly Option<bool> _preferred = syntax.FlagIn("numa", "--numa-policy-preferred", "NUMA affinity is preferred");
    private readonly Option<bool> _legacy = syntax.FlagIn("numa", "--numa-policy-legacy", "NUMA affinity as it was");
    private readonly Option<string[]> _profile = syntax.Values("--binding-profile", "<binding-profile>", "Data for the binding, as key=value or JSON (repeatable)");
    private readonly Option<string[]> _dhcp = syntax.Values("--extra-dhcp-option", "name=<name>[,value=<value>,ip-version={4,6}]", "DHCP option for the guest (repeatable)");

    public Option<string[]> Groups { get; } = syntax.Values("--security-group", "<security-group>", "Security group (name or ID) (repeatable)");

    public Option<bool> NoGroup { get; } = syntax.Flag("--no-security-group", "No security groups, or none of those before");

    public Option<string[]> Addresses { get; } = syntax.Values("--fixed-ip", "subnet=<subnet>,ip-address=<ip-address>", "Address or subnet wanted (repeatable)");

    public Option<bool> NoAddress { get; } = syntax.Flag("--no-fixed-ip", "No addresses, or none of those before");

    public Option<string[]> Pairs { get; } = syntax.Values("--allowed-address", "ip-address=<ip-address>[,mac-address=<mac-address>]",
        "Another address that may pass (repeatable)");

    public async Task<JsonObject> Read(Call call, CancellationToken cancellation)
    {
        string? policy = call[_required] ? "required" : call[_preferred] ? "preferred" : call[_legacy] ? "legacy" : null;
        var body = new JsonObject().With("description", call[_description]).With("device_id", call[_device]).With("mac_address", call[_mac])
            .With("device_owner", call[_owner]).With("binding:vnic_type", call[_kind]).With("binding:host_id", call[_host])
            .With("dns_domain", call[_domain]).With("dns_name", call[_dnsName]).With("admin_state_up", call.Either(_enable, _disable))
            .With("port_security_enabled", call.Either(_security, _noSecurity)).With("numa_affinity_policy", policy);
        await _qos.AddTo(body, call, cancellation);
        if (call.Has(_profile)) body["binding:profile"] = Profile(call);
        if (call.Has(_dhcp)) body["extra_dhcp_opts"] = new JsonArray([.. call[_dhcp].Select(text => Dhcp(call, text))]);
        return body;
    }

    public async Task<List<JsonNode>> GroupIds(Call call, CancellationToken cancellation)
    {
        var ids = new List<JsonNode>();
        foreach (var group in call[Groups]) ids.Add(await call.Cloud.FindId(Resources.SecurityGroup, group, cancellation));
        return ids;
    }

    public static IEnumerable<JsonObject> AddressPairs(Call call, Option<string[]> option) => call[option].Select(text =>
    {
        var fields = call.Fields(option, text, "ip-address", "mac-address");
        if (!fields.TryGetValue("ip-address", out var address))
            throw call.Wrong($"argument {option.Name}: Missing required keys ip-address.");
        return new JsonObject { ["ip_address"] = address }.With("mac_address", fields.GetValueOrDefault("mac-address"));
    });

    private JsonObject Profile(Call call)
    {
        var profile = new JsonObject();
        foreach (var text in call[_profile])
        {
            if (text.TrimStart().StartsWith('{'))
            {
                foreach (var (key, value) in ParseJson(call, text)) profile[key] = value.Copy();
                continue;
            }

            var pair = call.Pair(_profile, text);
            profile[pair.Key] = pair.Value;
        }

        return profile;
    }

    private JsonObject ParseJson(Call call, string text)
    {
        try
        {
            return JsonNode.Parse(text)!.AsObject();
        }
        catch (System.Text.Json.JsonException)
        {
            throw call.Wrong($"argument {_profile.Name}: Expected 'key=value' or JSON data, but got: {text}");
        }
    }

    private JsonObject Dhcp(Call call, string text)
    {
        var fields = call.Fields(_dhcp, text, "name", "value", "ip-version");
        if (!fields.TryGetValue("name", out var name)) throw call.Wrong($"argument {_dhcp.Name}: Missing required keys name.");
        return new JsonObject { ["opt_name"] = name }.With("opt_value", fields.GetValueOrDefault("value"))
            .With("ip_version", fields.GetValueOrDefault("ip-version"));
    }
}
