using System.Net;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Addresses;

/// <summary>What must hold of addresses whatever happened: an address is given once, to a port that is there, out of a subnet that is there.</summary>
internal static class AddressAudit
{
    public static IReadOnlyList<string> Run(Tx tx)
    {
        var findings = new List<string>();
        findings.AddRange(tx.Query(
            $"SELECT a.ip_address, a.port_id FROM ip_allocations a WHERE NOT EXISTS (SELECT 1 FROM ports p WHERE p.id = a.port_id AND p.network_id = a.network_id)",
            row => $"address {row.Text()} is given to port {row.Text()}, which is not on its network"));
        findings.AddRange(tx.Query(
            $"SELECT a.ip_address, a.subnet_id FROM ip_allocations a WHERE NOT EXISTS (SELECT 1 FROM subnets s WHERE s.id = a.subnet_id AND s.network_id = a.network_id)",
            row => $"address {row.Text()} is of subnet {row.Text()}, which is not of its network"));
        findings.AddRange(tx.Query(
            $"SELECT ip_address, network_id FROM ip_allocations GROUP BY network_id, ip_address HAVING COUNT(*) > 1",
            row => $"address {row.Text()} is given more than once on network {row.Text()}"));
        findings.AddRange(tx.Query($"SELECT a.ip_address, s.cidr FROM ip_allocations a JOIN subnets s ON s.id = a.subnet_id",
            row => (Address: row.Text(), Cidr: row.Text()))
            .Where(a => !IPNetwork.Parse(a.Cidr).Contains(IPAddress.Parse(a.Address)))
            .Select(a => $"address {a.Address} is outside its subnet {a.Cidr}"));
        findings.AddRange(tx.Query(
            $"SELECT f.id, f.fixed_port_id FROM floating_ips f WHERE f.fixed_port_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ip_allocations a WHERE a.port_id = f.fixed_port_id AND a.ip_address = f.fixed_ip_address)",
            row => $"floating IP {row.Text()} points to an address that port {row.Text()} does not have"));
        findings.AddRange(tx.Query(
            $"SELECT f.id FROM floating_ips f WHERE NOT EXISTS (SELECT 1 FROM ports p WHERE p.id = f.floating_port_id)",
            row => $"floating IP {row.Text()} has lost the port that holds its address"));
        findings.AddRange(tx.Query(
            $"SELECT p.id, p.device_id FROM ports p WHERE p.device_owner LIKE 'network:router_%' AND NOT EXISTS (SELECT 1 FROM routers t WHERE t.id = p.device_id)",
            row => $"port {row.Text()} is of router {row.Text()}, which is not there"));
        return findings;
    }
}
