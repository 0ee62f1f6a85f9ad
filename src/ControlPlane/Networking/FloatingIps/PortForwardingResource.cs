using System.Net;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;
using Attribute = Cumulet.ControlPlane.Networking.Resources.Attribute;

namespace Cumulet.ControlPlane.Networking.FloatingIps;

/// <summary>Port forwardings of one floating IP as the API knows them, and their verbs.</summary>
internal static class PortForwardingResource
{
    private static readonly Check Port = Checks.Integer(1, 65535);

    public static readonly Resource<PortForwardingRecord> Declared = new()
    {
        Name = "port_forwarding",
        Collection = "port_forwardings",
        PolicyName = "floatingip_port_forwarding",
        Attributes =
        [
            Attribute.ReadOnly("id"),
            new Attribute("internal_port_id", Checks.Uuid).Must(),
            new Attribute("internal_ip_address", Checks.Ip).Must(),
            new Attribute("internal_port", Port).Must(),
            new Attribute("external_port", Port).Must(),
            new Attribute("protocol", Checks.OneOf("tcp", "udp", "TCP", "UDP")).Must(),
            new Attribute("description", Checks.Text()).Or("\"\""),
        ],
        List = new ListQuery
        {
            Select = PortForwardingStore.Columns,
            From = "port_forwardings w",
            Id = "w.id",
            Filters = new Dictionary<string, Filter>
            {
                ["id"] = new Filter.Exact("w.id"),
                ["internal_port_id"] = new Filter.Exact("w.internal_port_id"),
                ["protocol"] = new Filter.Exact("w.protocol"),
                ["external_port"] = new Filter.Whole("w.external_port"),
                ["internal_port"] = new Filter.Whole("w.internal_port"),
                ["internal_ip_address"] = new Filter.Exact("w.internal_ip_address"),
                ["description"] = new Filter.Exact("w.description"),
            },
            SortKeys = new Dictionary<string, string>
            {
                ["id"] = "w.id", ["internal_port_id"] = "w.internal_port_id", ["protocol"] = "w.protocol", ["external_port"] = "w.external_port",
            },
            MaxLimit = 0,
            ReversePages = true,
        },
        Visible = FloatingIpStore.Visible,
        Within = (tx, request) => new Sql().Add($"w.floatingip_id = {FloatingIp(tx, request).Id}"),
        Read = PortForwardingStore.Read,
        Complete = (_, _, forwardings) => forwardings,
        Id = w => w.Id,
        Target = w => Target(w.OwnerId),
        Write = (shown, w) => shown.Text("id", w.Id).Text("protocol", w.Protocol).Text("internal_port_id", w.InternalPortId)
            .Text("internal_ip_address", w.InternalIpAddress).Number("internal_port", w.InternalPort).Number("external_port", w.ExternalPort)
            .Text("description", w.Description),
        NotFound = id => Fault.NotFound($"Port Forwarding {id} could not be found.", "PortForwardingNotFound"),
    };

    private static FloatingIpRecord FloatingIp(Tx tx, ApiRequest request) =>
        FloatingIpResource.Declared.Find(tx, request.Caller, request[0]) ?? throw NetworkFault.FloatingIpNotFound(request[0]);

    private static PolicyTarget Target(string owner)
    {
        var target = PolicyTarget.OwnedBy(owner);
        target["ext_parent:project_id"] = owner;
        target["ext_parent:tenant_id"] = owner;
        return target;
    }

    public static PolicyTarget TargetOfNew(Creation creation) => Target(FloatingIp(creation.Tx, creation.Request).ProjectId);

    public static PortForwardingRecord Create(Creation creation)
    {
        var (tx, body) = (creation.Tx, creation.Body);
        var floating = FloatingIp(tx, creation.Request);
        if (floating.FixedPortId is not null)
            throw Fault.Conflict(
                $"Floating IP {floating.Id} is associated with port {floating.FixedPortId} already and cannot be used for port forwarding.", "FipInUseByPort");
        var forwarding = new PortForwardingRecord(creation.NewId, floating.Id, creation.Text("internal_port_id"), Address(body), body.GetInt("internal_port")!.Value,
            body.GetInt("external_port")!.Value, creation.Text("protocol").ToLowerInvariant(), creation.Text("description")) { OwnerId = floating.ProjectId };
        Place(tx, creation.Caller, floating, forwarding, creation.Now);
        return forwarding;
    }

    public static PortForwardingRecord Update(Change<PortForwardingRecord> change)
    {
        var (tx, current) = (change.Tx, change.Current);
        var forwarding = current with
        {
            InternalPortId = change.Text("internal_port_id", current.InternalPortId),
            InternalIpAddress = change.Has("internal_ip_address") ? Address(change.Body) : current.InternalIpAddress,
            InternalPort = change.Number("internal_port", current.InternalPort),
            ExternalPort = change.Number("external_port", current.ExternalPort),
            Protocol = change.Text("protocol", current.Protocol).ToLowerInvariant(),
            Description = change.Text("description", current.Description),
        };
        // A port named without an address brings its own where it has but one.
        if (forwarding.InternalPortId != current.InternalPortId && !change.Has("internal_ip_address")
            && PortStore.Find(tx, change.Caller, forwarding.InternalPortId)?.FixedIps.Where(f => IpNumber.Version(f.Address) == 4).ToList() is [var only])
            forwarding = forwarding with { InternalIpAddress = only.Address.ToString() };
        Place(tx, change.Caller, FloatingIp(tx, change.Request), forwarding, change.Now);
        return forwarding;
    }

    public static void Delete(Removal<PortForwardingRecord> removal)
    {
        removal.Tx.Execute($"DELETE FROM port_forwardings WHERE id = {removal.Current.Id}");
        PortForwardingStore.FreeUnused(removal.Tx, removal.Now);
    }

    private static string Address(JsonElement body) => IPAddress.Parse(body.GetText("internal_ip_address")!).ToString();

    // The floating IP comes to the router that its forwardings need; all of them need the same one.
    private static void Place(Tx tx, Caller caller, FloatingIpRecord floating, PortForwardingRecord forwarding, DateTimeOffset now)
    {
        var port = PortStore.Find(tx, caller, forwarding.InternalPortId) ?? throw NetworkFault.PortNotFound(forwarding.InternalPortId);
        var address = port.FixedIps.FirstOrDefault(f => f.Address.ToString() == forwarding.InternalIpAddress && IpNumber.Version(f.Address) == 4)
            ?? throw Fault.BadRequest($"Bad port_forwarding request: Requested internal IP address {forwarding.InternalIpAddress} does not correspond to a fixed IPv4 address of internal port {port.Id}.", "BadRequest");
        RefuseTaken(tx, floating, forwarding);
        var router = Association.Router(tx, floating, port, address);
        if (floating.RouterId is not null && floating.RouterId != router && floating.Forwardings.Any(w => w.Id != forwarding.Id))
            throw Fault.BadRequest(
                $"Bad port_forwarding request: port {port.Id} is behind router {router}, the floating IP's other forwardings behind {floating.RouterId}.", "BadRequest");
        PortForwardingStore.Write(tx, forwarding);
        FloatingIpStore.Update(tx, floating with { RouterId = router, Status = Association.StatusBehind(tx, router), UpdatedAt = now });
    }

    private static void RefuseTaken(Tx tx, FloatingIpRecord floating, PortForwardingRecord forwarding)
    {
        if (floating.Forwardings.Any(w => w.Id != forwarding.Id && w.Protocol == forwarding.Protocol && w.ExternalPort == forwarding.ExternalPort))
            throw Fault.Conflict(
                $"A duplicate port forwarding entry with same attributes already exists, conflicting values are {{'floatingip_id': '{floating.Id}', 'external_port': {forwarding.ExternalPort}, 'protocol': '{forwarding.Protocol}'}}", "DuplicatePortForwarding");
        if (tx.Exists($"SELECT 1 FROM floating_ips WHERE fixed_port_id = {forwarding.InternalPortId} AND fixed_ip_address = {forwarding.InternalIpAddress}"))
            throw Fault.Conflict(
                $"Cannot forward to {forwarding.InternalIpAddress} of port {forwarding.InternalPortId}: it has a floating IP already.", "PortHasBindingFloatingIP");
        if (tx.Exists($"SELECT 1 FROM port_forwardings WHERE id <> {forwarding.Id} AND internal_port_id = {forwarding.InternalPortId} AND internal_ip_address = {forwarding.InternalIpAddress} AND internal_port = {forwarding.InternalPort} AND protocol = {forwarding.Protocol}"))
            throw Fault.Conflict(
                $"A duplicate port forwarding entry with same attributes already exists, conflicting values are {{'internal_port_id': '{forwarding.InternalPortId}', 'internal_ip_address': '{forwarding.InternalIpAddress}', 'internal_port': {forwarding.InternalPort}, 'protocol': '{forwarding.Protocol}'}}", "DuplicatePortForwarding");
    }
}
