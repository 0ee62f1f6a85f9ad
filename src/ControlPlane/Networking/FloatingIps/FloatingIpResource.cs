using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Resources;
using Attribute = Cumulet.ControlPlane.Networking.Resources.Attribute;

namespace Cumulet.ControlPlane.Networking.FloatingIps;

/// <summary>Floating IPs as the API knows them.</summary>
internal static class FloatingIpResource
{
    public static readonly Resource<FloatingIpRecord> Declared = new()
    {
        Name = "floatingip",
        Collection = "floatingips",
        Attributes =
        [
            Attribute.ReadOnly("id"), Attribute.ReadOnly("status"), Attribute.ReadOnly("router_id"), Attribute.ReadOnly("port_details"), Attribute.ReadOnly("port_forwardings"),
            Qos.QosUse.Attribute,
            Attribute.ReadOnly("created_at"), Attribute.ReadOnly("updated_at"), Attribute.ReadOnly("revision_number"),
            new Attribute("floating_network_id", Checks.Uuid).Fixed().Must(),
            new Attribute("floating_ip_address", Checks.OrNull(Checks.Ip)).Fixed().Or("null"),
            new Attribute("subnet_id", Checks.OrNull(Checks.Uuid)).Fixed(),
            new Attribute("port_id", Checks.OrNull(Checks.Uuid)),
            new Attribute("fixed_ip_address", Checks.OrNull(Checks.Ip)),
            new Attribute("description", Checks.Text()).Or("\"\""),
            new Attribute("dns_name", Checks.Text()).Fixed().Or("\"\""),
            new Attribute("dns_domain", Checks.Text()).Fixed().Or("\"\""),
            Attribute.Tags,
            .. Attribute.Ownership,
        ],
        List = new ListQuery
        {
            Select = FloatingIpStore.Columns,
            From = "floating_ips f",
            Id = "f.id",
            Filters = NetworkFilters.For("f").Exact("f", "floating_network_id", "floating_ip_address", "router_id", "status", "fixed_ip_address", "dns_name", "dns_domain")
                .With("port_id", new Filter.Exact("COALESCE(f.fixed_port_id, '')")),
            SortKeys = NetworkFilters.SortKeys("f", "floating_ip_address", "floating_network_id", "router_id", "status", "fixed_ip_address")
                .AndBy("f", "created_at", "updated_at"),
            MaxLimit = 0,
            ReversePages = true,
        },
        Visible = FloatingIpStore.Visible,
        Read = FloatingIpStore.Read,
        Complete = (tx, _, items) => FloatingIpStore.Complete(tx, items),
        Id = f => f.Id,
        Revision = f => f.Revision,
        Target = f => PolicyTarget.OwnedBy(f.ProjectId),
        Write = Write,
        NotFound = NetworkFault.FloatingIpNotFound,
    };

    private static void Write(Shown shown, FloatingIpRecord f) => shown
        .Text("id", f.Id).Project(f.ProjectId).Text("floating_ip_address", f.FloatingIpAddress).Text("floating_network_id", f.FloatingNetworkId)
        .Text("router_id", f.RouterId).Text("port_id", f.FixedPortId).Text("fixed_ip_address", f.FixedIpAddress).Text("status", f.Status)
        .Text("dns_name", f.DnsName).Text("dns_domain", f.DnsDomain).Text("qos_policy_id", f.QosPolicyId)
        .Items("port_forwardings", f.Forwardings, WriteForwarding)
        .Value("port_details", json => WritePort(json, f.FixedPort))
        .Standard(f.Description, f.Tags, f.CreatedAt, f.UpdatedAt, f.Revision);

    private static void WriteForwarding(Utf8JsonWriter json, PortForwardingRecord forwarding)
    {
        json.WriteStartObject();
        json.WriteString("protocol", forwarding.Protocol);
        json.WriteString("internal_ip_address", forwarding.InternalIpAddress);
        json.WriteNumber("internal_port", forwarding.InternalPort);
        json.WriteNumber("external_port", forwarding.ExternalPort);
        json.WriteString("internal_port_id", forwarding.InternalPortId);
        json.WriteString("id", forwarding.Id);
        json.WriteEndObject();
    }

    private static void WritePort(Utf8JsonWriter json, PortRecord? port)
    {
        if (port is null)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartObject();
        json.WriteString("name", port.Name);
        json.WriteString("network_id", port.NetworkId);
        json.WriteString("mac_address", port.Mac);
        json.WriteBoolean("admin_state_up", port.AdminStateUp);
        json.WriteString("status", port.Status);
        json.WriteString("device_id", port.DeviceId);
        json.WriteString("device_owner", port.DeviceOwner);
        json.WriteEndObject();
    }
}
