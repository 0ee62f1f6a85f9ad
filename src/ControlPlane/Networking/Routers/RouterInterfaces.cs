using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Networking.Subnets;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Routers;

/// <summary>A router's ports on tenants' networks: added by subnet (at its gateway's address) or by port.</summary>
internal static class RouterInterfaces
{
    public static Reply Add(Change<RouterRecord> change)
    {
        var (tx, caller, router) = (change.Tx, change.Caller, change.Current);
        var (subnetId, portId) = Asked(change);
        if (subnetId is not null && portId is not null) throw RouterGateway.Bad("Cannot specify both subnet-id and port-id");
        var (port, subnets) = subnetId is not null
            ? AddSubnet(tx, router, SubnetStore.Find(tx, caller, subnetId) ?? throw NetworkFault.SubnetNotFound(subnetId), change.Now)
            : AddPort(tx, router, PortStore.Find(tx, caller, portId!) ?? throw NetworkFault.PortNotFound(portId!), change.Now);
        RouterStore.Touch(tx, router.Id, change.Now);
        return Answer(router, port, subnets);
    }

    private static (string? Subnet, string? Port) Asked(Change<RouterRecord> change)
    {
        var (subnet, port) = (change.Body.GetText("subnet_id"), change.Body.GetText("port_id"));
        if (subnet is null && port is null) throw RouterGateway.Bad("Either subnet_id or port_id must be specified");
        foreach (var (name, value) in (( string, string?)[])[("subnet_id", subnet), ("port_id", port)])
            if (value is not null && !Guid.TryParse(value, out _)) throw NetworkFault.Invalid(name, $"'{value.Truncated()}' is not a valid UUID");
        return (subnet, port);
    }

    public static (PortRecord Port, IReadOnlyList<string> Subnets) AddSubnet(Tx tx, RouterRecord router, SubnetRecord subnet, DateTimeOffset now)
    {
        if (subnet.Gateway is not { } gateway) throw RouterGateway.Bad("Subnet for router interface must have a gateway IP");
        RefuseOverlap(tx, router, subnet);
        // IPv6 subnets of one network share a port.
        var shared = subnet.IpVersion != 6 ? null : RouterStore.Interfaces(tx, router.Id).FirstOrDefault(p =>
            p.NetworkId == subnet.NetworkId && p.FixedIps.All(f => IpNumber.Version(f.Address) == 6));
        var port = shared ?? new PortRecord
        {
            Id = Guid.NewGuid().ToString(),
            Number = PortStore.NextNumber(tx),
            ProjectId = router.ProjectId,
            NetworkId = subnet.NetworkId,
            Mac = PortStore.NewMac(tx, subnet.NetworkId),
            DeviceId = router.Id,
            DeviceOwner = DeviceOwners.RouterInterface,
            Host = LocalHost.Name,
            Status = "ACTIVE",
            PortSecurityEnabled = false,
            CreatedAt = now,
            UpdatedAt = now,
        };
        if (shared is null) PortStore.Insert(tx, port);
        IpAllocator.Allocate(tx, new PortToAddress(port.Id, port.NetworkId, port.Mac, port.DeviceOwner), [new FixedIpRequest(subnet.Id, gateway)]);
        return (PortStore.FindAny(tx, port.Id)!, [subnet.Id]);
    }

    private static (PortRecord Port, IReadOnlyList<string> Subnets) AddPort(Tx tx, RouterRecord router, PortRecord port, DateTimeOffset now)
    {
        if (port.DeviceId.Length > 0) throw NetworkFault.PortInUse(port.Id, port.NetworkId, port.DeviceId);
        if (port.FixedIps.Count == 0) throw RouterGateway.Bad("Router port must have at least one fixed IP");
        if (port.FixedIps.Count(f => IpNumber.Version(f.Address) == 4) > 1) throw RouterGateway.Bad("Cannot have multiple IPv4 subnets on router port");
        foreach (var fixedIp in port.FixedIps) RefuseOverlap(tx, router, SubnetStore.FindAny(tx, fixedIp.SubnetId)!);
        // A router's port carries what others send: filters of the port's former life must not stop it.
        PortStore.Update(tx, port with
        {
            DeviceId = router.Id,
            DeviceOwner = DeviceOwners.RouterInterface,
            Host = LocalHost.Name,
            Status = "ACTIVE",
            PortSecurityEnabled = false,
            SecurityGroupIds = [],
            AllowedAddressPairs = [],
            UpdatedAt = now,
        });
        return (PortStore.FindAny(tx, port.Id)!, [.. port.FixedIps.Select(f => f.SubnetId).Distinct()]);
    }

    private static void RefuseOverlap(Tx tx, RouterRecord router, SubnetRecord subnet)
    {
        var attached = PortStore.Query(tx, $" WHERE p.device_id = {router.Id} AND p.device_owner LIKE 'network:router_%'")
            .SelectMany(p => p.FixedIps).Select(f => f.SubnetId).Distinct().Select(id => SubnetStore.FindAny(tx, id)!);
        foreach (var other in attached)
        {
            if (other.Id == subnet.Id) throw RouterGateway.Bad($"Router already has a port on subnet {subnet.Id}");
            if (IpNumber.Overlap(other.Cidr, subnet.Cidr))
                throw RouterGateway.Bad($"Cidr {subnet.Cidr} of subnet {subnet.Id} overlaps with cidr {other.Cidr} of subnet {other.Id}");
        }
    }

    public static Reply Remove(Change<RouterRecord> change)
    {
        var (tx, router) = (change.Tx, change.Current);
        var (subnetId, portId) = Asked(change);
        var interfaces = RouterStore.Interfaces(tx, router.Id);
        var port = portId is not null
            ? interfaces.FirstOrDefault(p => p.Id == portId)
                ?? throw Fault.NotFound($"Router {router.Id} does not have an interface with id {portId}", "RouterInterfaceNotFound")
            : interfaces.FirstOrDefault(p => p.FixedIps.Any(f => f.SubnetId == subnetId));
        if (port is null)
        {
            if (SubnetStore.Find(tx, change.Caller, subnetId!) is null) throw NetworkFault.SubnetNotFound(subnetId!);
            throw Fault.NotFound($"Router {router.Id} has no interface on subnet {subnetId}", "RouterInterfaceNotFoundForSubnet");
        }
        if (subnetId is not null && port.FixedIps.All(f => f.SubnetId != subnetId))
            throw Fault.Conflict($"Subnet on port {port.Id} does not match the requested subnet {subnetId}.", "SubnetMismatchForPort");
        List<string> subnets = subnetId is not null && portId is null ? [subnetId] : [.. port.FixedIps.Select(f => f.SubnetId).Distinct()];
        foreach (var subnet in subnets) RefuseInUse(tx, router, subnet);
        if (subnets.Count == port.FixedIps.Select(f => f.SubnetId).Distinct().Count()) PortStore.Delete(tx, port.Id);
        else foreach (var address in port.FixedIps.Where(f => subnets.Contains(f.SubnetId))) IpAllocator.Release(tx, address);
        RouterStore.Touch(tx, router.Id, change.Now);
        return Answer(router, port, subnets);
    }

    public static void RefuseInUse(Tx tx, RouterRecord router, string subnetId)
    {
        if (tx.Exists($"SELECT 1 FROM floating_ips f JOIN ip_allocations a ON a.port_id = f.fixed_port_id AND a.ip_address = f.fixed_ip_address WHERE f.router_id = {router.Id} AND a.subnet_id = {subnetId}"))
            throw Fault.Conflict(
                $"Router interface for subnet {subnetId} on router {router.Id} cannot be deleted, as it is required by one or more floating IPs.", "RouterInterfaceInUseByFloatingIP");
        if (tx.Exists($"SELECT 1 FROM port_forwardings w JOIN floating_ips f ON f.id = w.floatingip_id JOIN ip_allocations a ON a.port_id = w.internal_port_id AND a.ip_address = w.internal_ip_address WHERE f.router_id = {router.Id} AND a.subnet_id = {subnetId}"))
            throw Fault.Conflict(
                $"Router interface for subnet {subnetId} on router {router.Id} cannot be deleted, as it is required by one or more port forwardings.", "RouterInterfaceInUseByFloatingIP");
        var cidr = SubnetStore.FindAny(tx, subnetId)!.Cidr;
        if (router.Routes.Any(r => cidr.Contains(System.Net.IPAddress.Parse(r.NextHop))))
            throw Fault.Conflict(
                $"Router interface for subnet {subnetId} on router {router.Id} cannot be deleted, as it is required by one or more routes.", "RouterInterfaceInUseByRoute");
    }

    private static Reply Answer(RouterRecord router, PortRecord port, IReadOnlyList<string> subnets) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteString("id", router.Id);
        json.WriteString("tenant_id", router.ProjectId);
        json.WriteString("project_id", router.ProjectId);
        json.WriteString("port_id", port.Id);
        json.WriteString("network_id", port.NetworkId);
        json.WriteString("subnet_id", subnets[0]);
        json.WriteStartArray("subnet_ids");
        foreach (var subnet in subnets) json.WriteStringValue(subnet);
        json.WriteEndArray();
        json.WriteEndObject();
    });
}
