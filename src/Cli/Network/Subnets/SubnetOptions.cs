using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Subnets;

/// <summary>The options that creating and setting a subnet have in common.</summary>
sealed class SubnetOptions(Syntax syntax, bool isCreate)
{
    private readonly Option<bool> _dhcp = syntax.FlagIn("dhcp", "--dhcp", "Serve addresses by DHCP");
    private readonly Option<bool> _noDhcp = syntax.FlagIn("dhcp", "--no-dhcp", "Do not serve addresses");
    private readonly Option<bool> _publish = syntax.FlagIn("publish", "--dns-publish-fixed-ip", "Publish fixed addresses in DNS");
    private readonly Option<bool> _noPublish = syntax.FlagIn("publish", "--no-dns-publish-fixed-ip", "Do not publish them (default)");
    private readonly Option<string?> _gateway = syntax.Value("--gateway", "<gateway>",
        isCreate ? "Gateway: an address, 'auto' (default, the first of the range), or 'none'" : "Gateway: an address or 'none'");
    private readonly Option<string?> _segment = syntax.Value("--network-segment", "<network-segment>", "Network segment (name or ID)");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly Option<string[]> _pools = syntax.Values("--allocation-pool", "start=<ip-address>,end=<ip-address>", "Addresses to give out (repeatable)");
    private readonly Option<string[]> _servers = syntax.Values("--dns-nameserver", "<dns-nameserver>", "DNS server for the guests (repeatable)");
    private readonly Option<string[]> _routes = syntax.Values("--host-route", "destination=<subnet>,gateway=<ip-address>", "Route for the guests (repeatable)");
    private readonly Option<string[]> _services = syntax.Values("--service-type", "<service-type>", "Kind of port it is for, such as network:floatingip (repeatable)");

    public async Task<JsonObject> Read(Call call, CancellationToken cancellation)
    {
        var body = new JsonObject();
        if (call.Either(_dhcp, _noDhcp) is { } dhcp) body["enable_dhcp"] = dhcp;
        if (call.Either(_publish, _noPublish) is { } publish) body["dns_publish_fixed_ip"] = publish;
        switch (call[_gateway]?.ToLowerInvariant())
        {
            case null or "auto" when isCreate || call[_gateway] is null:
                break;
            case "auto":
                throw new CommandError("Auto option is not available for Subnet Set. Valid options are <ip-address> or none");
            case "none":
                body["gateway_ip"] = null;
                break;
            case { } address:
                body["gateway_ip"] = address;
                break;
        }

        body.With("segment_id", await call.Cloud.FindIdOrNull(Resources.Segment, call[_segment], cancellation)).With("description", call[_description]);
        if (call.Has(_pools)) body["allocation_pools"] = new JsonArray([.. Pools(call, _pools)]);
        if (call.Has(_servers)) body["dns_nameservers"] = JsonReading.Array(call[_servers]);
        if (call.Has(_routes)) body["host_routes"] = new JsonArray([.. Routes(call, _routes)]);
        if (call.Has(_services)) body["service_types"] = JsonReading.Array(call[_services]);
        return body;
    }

    public static IEnumerable<JsonObject> Pools(Call call, Option<string[]> option) => call[option].Select(text =>
    {
        var fields = call.Needed(option, text, "start", "end");
        return new JsonObject { ["start"] = fields["start"], ["end"] = fields["end"] };
    });

    public static IEnumerable<JsonObject> Routes(Call call, Option<string[]> option) => call[option].Select(text =>
    {
        var fields = call.Needed(option, text, "destination", "gateway");
        return new JsonObject { ["destination"] = fields["destination"], ["nexthop"] = fields["gateway"] };
    });
}
