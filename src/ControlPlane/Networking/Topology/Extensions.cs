using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Networking.Topology;

/// <summary>
/// What of Neutron is served, by the aliases by which clients ask. An alias stands here only when every attribute and
/// operation behind it works: a client that misses one hides or skips, a client that finds one that lies fails.
/// </summary>
internal static class Extensions
{
    private sealed record Extension(string Alias, string Name, string Updated);

    private static readonly Extension[] Served =
    [
        new("address-group", "Address group", "2020-07-15T10:00:00-00:00"),
        new("address-scope", "Address scope", "2015-07-26T10:00:00-00:00"),
        new("agent", "agent", "2013-02-03T10:00:00-00:00"),
        new("allowed-address-pairs", "Allowed Address Pairs", "2013-07-23T10:00:00-00:00"),
        new("auto-allocated-topology", "Auto Allocated Topology Services", "2016-01-01T00:00:00-00:00"),
        new("availability_zone", "Availability Zone", "2015-01-01T10:00:00-00:00"),
        new("availability_zone_filter", "Availability Zone Filter Extension", "2018-06-22T10:00:00-00:00"),
        new("binding", "Port Binding", "2014-02-03T10:00:00-00:00"),
        new("binding-extended", "Port Bindings Extended", "2017-07-17T10:00:00-00:00"),
        new("default-subnetpools", "Default Subnetpools", "2016-02-18T18:00:00-00:00"),
        new("dhcp_agent_scheduler", "DHCP Agent Scheduler", "2013-02-07T10:00:00-00:00"),
        new("dns-domain-ports", "dns_domain for ports", "2017-04-24T10:00:00-00:00"),
        new("dns-integration", "DNS Integration", "2015-08-15T18:00:00-00:00"),
        new("dvr", "Distributed Virtual Router", "2014-06-1T10:00:00-00:00"),
        new("empty-string-filtering", "Empty String Filtering Extension", "2018-05-01T10:00:00-00:00"),
        new("expose-port-forwarding-in-fip", "Expose Floating IP port forwardings", "2018-06-28T16:00:00-00:00"),
        new("ext-gw-mode", "Neutron L3 Configurable external gateway mode", "2013-03-28T10:00:00-00:00"),
        new("external-net", "Neutron external network", "2013-01-14T10:00:00-00:00"),
        new("extra_dhcp_opt", "Neutron Extra DHCP options", "2013-03-17T12:00:00-00:00"),
        new("extraroute", "Neutron Extra Route", "2013-02-01T10:00:00-00:00"),
        new("extraroute-atomic", "Atomically add/remove extra routes", "2019-07-10T00:00:00+00:00"),
        new("filter-validation", "Filter parameters validation", "2018-07-04T10:00:00-00:00"),
        new("fip-port-details", "Floating IP Port Details Extension", "2018-04-09T10:00:00-00:00"),
        new("flavors", "Neutron Service Flavors", "2015-09-17T10:00:00-00:00"),
        new("floating-ip-port-forwarding", "Floating IP Port Forwarding", "2018-01-19T10:00:00-00:00"),
        new("floating-ip-port-forwarding-description", "Floating IP Port Forwarding new attribute description", "2019-11-01T10:00:00-00:00"),
        new("floating-ip-port-forwarding-detail", "Floating IP port forwarding detail", "2022-05-06T10:00:00-00:00"),
        new("floatingip-pools", "Floating IP Pools Extension", "2018-03-21T10:00:00-00:00"),
        new("ip-substring-filtering", "IP address substring filtering", "2017-11-28T09:00:00-00:00"),
        new("ip_allocation", "IP Allocation", "2016-06-10T23:00:00-00:00"),
        new("l3-flavors", "Router Flavor Extension", "2016-05-17T00:00:00-00:00"),
        new("l3-ha", "HA Router extension", "2014-04-26T00:00:00-00:00"),
        new("l3_agent_scheduler", "L3 Agent Scheduler", "2018-01-01T00:00:00-00:00"),
        new("metering", "Neutron Metering", "2013-06-12T10:00:00-00:00"),
        new("metering_source_and_destination_fields", "Neutron Metering with source and destination filtering", "2020-08-21T08:12:00-00:00"),
        new("net-mtu", "Network MTU", "2015-03-25T10:00:00-00:00"),
        new("net-mtu-writable", "Network MTU (writable)", "2017-07-12T00:00:00-00:00"),
        new("network-ip-availability", "Network IP Availability", "2015-09-24T00:00:00-00:00"),
        new("network_availability_zone", "Network Availability Zone", "2015-01-01T10:00:00-00:00"),
        new("pagination", "Pagination support", "2016-06-12T00:00:00-00:00"),
        new("port-mac-address-regenerate", "Neutron Port MAC address regenerate", "2018-05-03T10:00:00-00:00"),
        new("port-resource-request", "Port Resource Request", "2018-05-08T10:00:00-00:00"),
        new("port-resource-request-groups", "Port Resource Request Groups", "2021-08-02T10:00:00-00:00"),
        new("port-security", "Port Security", "2012-07-23T10:00:00-00:00"),
        new("port-security-groups-filtering", "Port filtering on security groups", "2018-01-09T09:00:00-00:00"),
        new("project-id", "project_id field enabled", "2016-09-09T09:09:09-09:09"),
        new("provider", "Provider Network", "2012-09-07T10:00:00-00:00"),
        new("qos", "Quality of Service", "2015-06-08T10:00:00-00:00"),
        new("qos-bw-limit-direction", "Direction for QoS bandwidth limit rule", "2017-04-10T10:00:00-00:00"),
        new("qos-bw-minimum-ingress", "Ingress direction for QoS minimum bandwidth rule", "2018-07-09T10:00:00-00:00"),
        new("qos-default", "QoS default policy", "2017-041-06T10:00:00-00:00"),
        new("qos-fip", "Floating IP QoS", "2017-07-20T00:00:00-00:00"),
        new("qos-port-network-policy", "QoS port network policy ID", "2019-11-01T10:00:00-00:00"),
        new("qos-pps", "QoS Rule Type Packet per Second Extension", "2021-05-12T10:00:00-00:00"),
        new("qos-pps-minimum", "QoS minimum packet rate rule", "2021-07-14T10:00:00-00:00"),
        new("qos-pps-minimum-rule-alias", "QoS minimum packet rate rule alias", "2021-10-22T10:00:00-00:00"),
        new("qos-rule-type-details", "Details of QoS rule types", "2017-06-22T10:00:00-00:00"),
        new("qos-rule-type-filter", "Allow to filter the list of QoS rule types", "2022-02-02T10:00:00-00:00"),
        new("qos-rules-alias", "Quality of Service rules alias API", "2018-10-07T10:00:00-00:00"),
        new("quota-check-limit", "Quota engine limit check", "2021-09-08T16:00:00-00:00"),
        new("quota_details", "Quota details management support", "2013-02-03T10:00:00-00:00"),
        new("quotas", "Quota management support", "2013-02-03T10:00:00-00:00"),
        new("rbac-address-group", "Add address_group type to RBAC", "2021-01-20T00:00:00-00:00"),
        new("rbac-address-scope", "Add address_scope type to RBAC", "2020-02-12T00:00:00-00:00"),
        new("rbac-policies", "RBAC Policies", "2013-02-03T10:00:00-00:00"),
        new("rbac-security-groups", "Add security_group type to network RBAC", "2019-02-14T00:00:00-00:00"),
        new("rbac-subnetpool", "Add subnetpool type to RBAC", "2020-02-05T00:00:00-00:00"),
        new("revision-if-match", "If-Match constraints based on revision_number", "2016-12-11T00:00:00-00:00"),
        new("router", "Neutron L3 Router", "2012-07-20T10:00:00-00:00"),
        new("router_availability_zone", "Router Availability Zone", "2015-01-01T10:00:00-00:00"),
        new("security-group", "security-group", "2013-02-03T10:00:00-00:00"),
        new("security-groups-default-rules", "Default rules for security groups", "2018-01-01T00:00:00-00:00"),
        new("security-groups-normalized-cidr", "Normalized CIDR field for security group rules", "2020-07-28T10:00:00-00:00"),
        new("security-groups-remote-address-group", "Remote address group id field for security group rules", "2020-08-25T10:00:00-00:00"),
        new("security-groups-rules-belongs-to-default-sg", "Security group rule belongs to the project's default security group", "2023-05-23T10:00:00-00:00"),
        new("security-groups-shared-filtering", "Security group filtering on the shared field", "2021-10-05T09:00:00-00:00"),
        new("service-type", "Neutron Service Type Management", "2013-01-20T00:00:00-00:00"),
        new("sort-key-validation", "Sort keys validation", "2018-07-04T10:00:00-00:00"),
        new("sorting", "Sorting support", "2016-06-12T00:00:00-00:00"),
        new("standard-attr-description", "standard-attr-description", "2013-02-03T10:00:00-00:00"),
        new("standard-attr-revisions", "Resource revision numbers", "2013-02-03T10:00:00-00:00"),
        new("standard-attr-tag", "Tag support for resources with standard attribute", "2013-02-03T10:00:00-00:00"),
        new("standard-attr-timestamp", "Resource timestamps", "2013-02-03T10:00:00-00:00"),
        new("stateful-security-group", "Stateful security group", "2019-11-26T09:00:00-00:00"),
        new("subnet-dns-publish-fixed-ip", "Subnet DNS publish fixed IP", "2019-05-24T10:00:00-00:00"),
        new("subnet-external-network", "Subnet belongs to an external network", "2024-02-05T18:00:00-00:00"),
        new("subnet-service-types", "Subnet service types", "2016-03-15T18:00:00-00:00"),
        new("subnet_allocation", "Subnet Allocation", "2013-02-03T10:00:00-00:00"),
        new("subnetpool-prefix-ops", "Subnet Pool Prefix Operations", "2019-02-08T10:00:00-00:00"),
        new("tag-creation", "Tag creation extension", "2024-23-07T10:00:00-00:00"),
        new("tag-ports-during-bulk-creation", "Tag Ports During Bulk Creation", "2019-12-29T19:00:00-00:00"),
    ];

    public static Task<Reply> List(ApiRequest request) => Task.FromResult(Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("extensions");
        foreach (var extension in Served) Write(json, extension);
        json.WriteEndArray();
        json.WriteEndObject();
    }));

    public static Task<Reply> Show(ApiRequest request)
    {
        var extension = Array.Find(Served, e => e.Alias == request[0])
            ?? throw Fault.NotFound($"Extension with alias {request[0].Truncated()} does not exist", "HTTPNotFound");
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("extension");
            Write(json, extension);
            json.WriteEndObject();
        }));
    }

    private static void Write(Utf8JsonWriter json, Extension extension)
    {
        json.WriteStartObject();
        json.WriteString("alias", extension.Alias);
        json.WriteString("name", extension.Name);
        json.WriteString("description", extension.Name);
        json.WriteString("updated", extension.Updated);
        json.WriteStartArray("links");
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
