using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Networks;

/// <summary>What a network is on the wire. On one host every network is a bridge of its own; the segment keeps it apart where hosts meet.</summary>
internal sealed record ProviderSegment(string Type, string? PhysicalNetwork, int? Id)
{
    public const string TenantType = "vxlan";
    private const int MaxVlan = 4094;
    private const int MaxTunnel = 16_777_215;

    /// <summary>As asked for, or the next free one of the tenants' type.</summary>
    public static ProviderSegment Choose(Tx tx, JsonElement body)
    {
        var type = body.GetText("provider:network_type");
        var physical = body.GetText("provider:physical_network");
        var id = body.GetInt("provider:segmentation_id");
        if (type is null)
        {
            if (physical is not null || id is not null) throw NetworkFault.InvalidInput("network_type required");
            return new ProviderSegment(TenantType, null, NextTunnel(tx));
        }
        return Checked(tx, type, physical, id);
    }

    private static ProviderSegment Checked(Tx tx, string type, string? physical, int? id)
    {
        switch (type)
        {
            case "local":
                if (physical is not null) throw Prohibited("provider:physical_network", type);
                if (id is not null) throw Prohibited("provider:segmentation_id", type);
                return new ProviderSegment(type, null, null);
            case "flat":
                if (id is not null) throw NetworkFault.InvalidInput("segmentation_id prohibited for flat provider network");
                if (physical is null) throw NetworkFault.InvalidInput("physical_network required for flat provider network");
                if (tx.Exists($"SELECT 1 FROM networks WHERE network_type = 'flat' AND physical_network = {physical}"))
                    throw Fault.Conflict($"Unable to create the flat network. Physical network {physical} is in use.", "FlatNetworkInUse");
                return new ProviderSegment(type, physical, null);
            case "vlan":
                if (physical is null) throw NetworkFault.InvalidInput("physical_network required for VLAN provider network");
                if (id is null or < 1 or > MaxVlan) throw NetworkFault.InvalidInput($"segmentation_id out of range (1 through {MaxVlan})");
                if (tx.Exists($"SELECT 1 FROM networks WHERE network_type = 'vlan' AND physical_network = {physical} AND segmentation_id = {id}"))
                    throw Fault.Conflict($"Unable to create the network. The VLAN {id} on physical network {physical} is in use.", "VlanIdInUse");
                return new ProviderSegment(type, physical, id);
            case "vxlan" or "gre" or "geneve":
                if (physical is not null) throw NetworkFault.InvalidInput($"provider:physical_network specified for {type} network");
                if (id is < 1 or > MaxTunnel) throw NetworkFault.InvalidInput($"segmentation_id out of range (1 through {MaxTunnel})");
                if (id is not null && tx.Exists($"SELECT 1 FROM networks WHERE network_type = {type} AND segmentation_id = {id}"))
                    throw Fault.Conflict($"Unable to create the network. The tunnel ID {id} is in use.", "TunnelIdInUse");
                return new ProviderSegment(type, null, id ?? NextTunnel(tx));
            default:
                throw NetworkFault.InvalidInput($"network_type value '{type}' not supported");
        }
    }

    private static Fault Prohibited(string attribute, string type) =>
        NetworkFault.InvalidInput($"{attribute} prohibited for {type} provider network");

    private static int NextTunnel(Tx tx) => (int)tx.Count(
        $"SELECT COALESCE(MAX(segmentation_id), 0) + 1 FROM networks WHERE network_type IN ('vxlan', 'gre', 'geneve')");
}
