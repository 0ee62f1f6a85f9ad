using System.Text.Json;
using Cumulet.ControlPlane.Networking.Servers;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>Addresses by network name: in a server with type and MAC, under /ips without.</summary>
internal static class ServerAddressesJson
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<ServerPort> ports, bool extended)
    {
        json.WriteStartObject();
        if (ports is [var only])
        {
            // Nearly every server of a long list.
            json.WritePropertyName(only.NetworkName);
            WriteNetwork(json, ports, extended);
        }
        else
        {
            foreach (var network in ports.GroupBy(p => p.NetworkName))
            {
                json.WritePropertyName(network.Key);
                WriteNetwork(json, network, extended);
            }
        }
        json.WriteEndObject();
    }

    public static void WriteNetwork(Utf8JsonWriter json, IEnumerable<ServerPort> ports, bool extended)
    {
        json.WriteStartArray();
        foreach (var port in ports)
        {
            foreach (var address in port.FixedIps) WriteAddress(json, port, address.Address, address.Version, "fixed", extended);
            foreach (var floating in port.FloatingIps) WriteAddress(json, port, floating.Address, 4, "floating", extended);
        }
        json.WriteEndArray();
    }

    private static void WriteAddress(Utf8JsonWriter json, ServerPort port, string address, int version, string type, bool extended)
    {
        json.WriteStartObject();
        json.WriteNumber("version", version);
        json.WriteString("addr", address);
        if (extended)
        {
            json.WriteString("OS-EXT-IPS:type", type);
            json.WriteString("OS-EXT-IPS-MAC:mac_addr", port.Mac);
        }
        json.WriteEndObject();
    }
}
