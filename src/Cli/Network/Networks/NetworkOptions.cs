using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Network.Networks;

/// <summary>The options that creating and setting a network have in common.</summary>
sealed class NetworkOptions(Syntax syntax)
{
    private readonly Option<bool> _share = syntax.FlagIn("share", "--share", "Share the network between projects");
    private readonly Option<bool> _noShare = syntax.FlagIn("share", "--no-share", "Do not share it");
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Enable the network (default)");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Disable the network");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly Option<string?> _mtu = syntax.Value("--mtu", "<mtu>", "Largest packet");
    private readonly Option<bool> _security = syntax.FlagIn("security", "--enable-port-security", "Ports are secured by default");
    private readonly Option<bool> _noSecurity = syntax.FlagIn("security", "--disable-port-security", "Ports are not secured by default");
    private readonly Option<bool> _external = syntax.FlagIn("external", "--external", "The network leads to the outside");
    private readonly Option<bool> _internal = syntax.FlagIn("external", "--internal", "The network is internal (default)");
    private readonly Option<bool> _default = syntax.FlagIn("default", "--default", "Use it as the default external network");
    private readonly Option<bool> _noDefault = syntax.FlagIn("default", "--no-default", "Do not use it as the default");
    private readonly Option<string?> _type = syntax.Value("--provider-network-type", "<provider-network-type>", "How it is made: flat, geneve, gre, local, vlan, vxlan");
    private readonly Option<string?> _physical = syntax.Value("--provider-physical-network", "<provider-physical-network>", "Physical network it is made on");
    private readonly Option<string?> _segment = syntax.Value("--provider-segment", "<provider-segment>", "VLAN or tunnel ID");
    private readonly Option<string?> _domain = syntax.Value("--dns-domain", "<dns-domain>", "DNS domain of the network");

    public JsonObject Read(Call call)
    {
        var body = new JsonObject();
        if (call.Either(_enable, _disable) is { } state) body["admin_state_up"] = state;
        if (call.Either(_share, _noShare) is { } shared) body["shared"] = shared;
        if (call.Either(_security, _noSecurity) is { } secured) body["port_security_enabled"] = secured;
        if (call.Either(_external, _internal) is { } external) body["router:external"] = external;
        if (call.Either(_default, _noDefault) is { } isDefault) body["is_default"] = isDefault;
        if (call[_description] is { } description) body["description"] = description;
        if (call.Number(_mtu) is { } mtu) body["mtu"] = mtu;
        if (call[_type] is { } type) body["provider:network_type"] = type;
        if (call[_physical] is { } physical) body["provider:physical_network"] = physical;
        if (call[_segment] is { } segment) body["provider:segmentation_id"] = segment;
        if (call[_domain] is { } domain) body["dns_domain"] = domain;
        return body;
    }
}
