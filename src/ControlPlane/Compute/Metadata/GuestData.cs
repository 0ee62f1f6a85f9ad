using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cumulet.ControlPlane.Compute.Servers;
using Cumulet.ControlPlane.Networking.Servers;
using Cumulet.Disks.ConfigDrive;

namespace Cumulet.ControlPlane.Compute.Metadata;

/// <summary>
/// What a guest is told about itself: the one source for the config drive and for 169.254.169.254.
/// Rule: nova/api/metadata/base.py (OpenStack and EC2 forms), nova/virt/netutils.py (network_data.json).
/// </summary>
public sealed class GuestData(
    ServerRecord server, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<ServerPort> ports, IReadOnlyList<ServerDisk> disks)
{
    /// <summary>The versions of the OpenStack form, oldest first.</summary>
    public static readonly IReadOnlyList<string> Versions =
        ["2012-08-10", "2013-04-04", "2013-10-17", "2015-10-15", "2016-06-30", "2016-10-06", "2017-02-22", "2018-08-27", "2020-10-14"];

    /// <summary>The versions of the EC2 form.</summary>
    public static readonly IReadOnlyList<string> Ec2Versions =
        ["1.0", "2007-01-19", "2007-03-01", "2007-08-29", "2007-10-10", "2007-12-15", "2008-02-01", "2008-09-01", "2009-04-04"];

    public ServerRecord Server => server;
    public IReadOnlyList<ServerPort> Ports => ports;

    /// <summary>What the guest has told before; empty where nothing.</summary>
    public string Password { get; init; } = "";

    private string HostName => $"{server.HostName}.novalocal";

    /// <summary>The user's data, decoded; null where none was given.</summary>
    public byte[]? UserData => server.UserData is { } text ? Convert.FromBase64String(text) : null;

    public byte[] MetaData(bool withSeed = true) => Json(json =>
    {
        if (withSeed) json.WriteString("random_seed", Convert.ToBase64String(RandomNumberGenerator.GetBytes(512)));
        json.WriteString("uuid", server.Id);
        json.WriteString("availability_zone", server.Zone ?? "nova");
        json.WriteString("hostname", HostName);
        json.WriteNumber("launch_index", server.LaunchIndex);
        WriteDevices(json);
        json.WriteStartObject("meta");
        foreach (var (name, value) in metadata) json.WriteString(name, value);
        json.WriteEndObject();
        if (server is { KeyName: { } keyName, KeyData: { } key })
        {
            json.WriteStartObject("public_keys");
            json.WriteString(keyName, key);
            json.WriteEndObject();
            json.WriteStartArray("keys");
            json.WriteStartObject();
            json.WriteString("name", keyName);
            json.WriteString("type", server.KeyType ?? "ssh");
            json.WriteString("data", key);
            json.WriteEndObject();
            json.WriteEndArray();
        }
        if (server.Personality.Count > 0)
        {
            json.WriteStartArray("files");
            for (var i = 0; i < server.Personality.Count; i++)
            {
                json.WriteStartObject();
                json.WriteString("content_path", ContentPath(i));
                json.WriteString("path", server.Personality[i].Path);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteString("project_id", server.ProjectId);
        json.WriteString("name", server.Name);
        json.WriteStartArray("dedicated_cpus");
        json.WriteEndArray();
    });

    // Tagged devices only, and "none" for an address that is not known, as Nova has it.
    private void WriteDevices(Utf8JsonWriter json)
    {
        json.WriteStartArray("devices");
        foreach (var port in ports.Where(p => p.Tag is not null))
        {
            json.WriteStartObject();
            json.WriteString("type", "nic");
            json.WriteString("mac", port.Mac);
            json.WriteString("bus", "pci");
            json.WriteString("address", "none");
            json.WriteStartArray("tags");
            json.WriteStringValue(port.Tag);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        foreach (var disk in disks.Where(d => d.Tag is not null))
        {
            json.WriteStartObject();
            json.WriteString("type", "disk");
            if (disk.Serial is { } serial) json.WriteString("serial", serial);
            if (disk.DeviceName is { } name) json.WriteString("path", name);
            json.WriteString("bus", disk.DiskBus is null or "virtio" ? "pci" : disk.DiskBus);
            json.WriteString("address", "none");
            json.WriteStartArray("tags");
            json.WriteStringValue(disk.Tag);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public byte[] NetworkData() => Json(json =>
    {
        json.WriteStartArray("links");
        foreach (var port in ports)
        {
            json.WriteStartObject();
            json.WriteString("id", LinkId(port));
            json.WriteString("vif_id", port.Id);
            json.WriteString("type", "bridge");
            json.WriteNumber("mtu", port.Mtu);
            json.WriteString("ethernet_mac_address", port.Mac);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("networks");
        var number = 0;
        foreach (var port in ports)
            foreach (var address in port.FixedIps)
                WriteNetwork(json, port, address, number++);
        json.WriteEndArray();
        json.WriteStartArray("services");
        foreach (var dns in ports.SelectMany(p => p.FixedIps).SelectMany(a => a.Subnet.DnsServers).Distinct()) WriteDns(json, dns);
        json.WriteEndArray();
    });

    private static string LinkId(ServerPort port) => $"tap{port.Id[..11]}";

    private static void WriteDns(Utf8JsonWriter json, string address)
    {
        json.WriteStartObject();
        json.WriteString("type", "dns");
        json.WriteString("address", address);
        json.WriteEndObject();
    }

    private static void WriteNetwork(Utf8JsonWriter json, ServerPort port, ServerAddress address, int number)
    {
        var subnet = address.Subnet;
        json.WriteStartObject();
        json.WriteString("id", $"network{number}");
        json.WriteString("link", LinkId(port));
        json.WriteString("network_id", port.NetworkId);
        var prefix = IPNetwork.Parse(subnet.Cidr);
        if (address.Version == 4 && subnet.Dhcp)
        {
            json.WriteString("type", "ipv4_dhcp");
            json.WriteEndObject();
            return;
        }
        json.WriteString("type", address.Version == 4 ? "ipv4" : subnet.Ipv6AddressMode switch
        {
            "slaac" => "ipv6_slaac",
            "dhcpv6-stateful" => "ipv6_dhcpv6-stateful",
            "dhcpv6-stateless" => "ipv6_dhcpv6-stateless",
            _ => "ipv6",
        });
        json.WriteString("ip_address", address.Address);
        json.WriteString("netmask", Mask(prefix));
        json.WriteStartArray("routes");
        if (subnet.Gateway is { } gateway) WriteRoute(json, address.Version == 4 ? "0.0.0.0" : "::", address.Version == 4 ? "0.0.0.0" : "::", gateway);
        foreach (var route in subnet.Routes)
            if (IPNetwork.TryParse(route.Destination, out var destination))
                WriteRoute(json, destination.BaseAddress.ToString(), Mask(destination), route.NextHop);
        json.WriteEndArray();
        json.WriteStartArray("services");
        foreach (var dns in subnet.DnsServers) WriteDns(json, dns);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRoute(Utf8JsonWriter json, string network, string mask, string gateway)
    {
        json.WriteStartObject();
        json.WriteString("network", network);
        json.WriteString("netmask", mask);
        json.WriteString("gateway", gateway);
        json.WriteEndObject();
    }

    private static string Mask(IPNetwork network)
    {
        var bytes = new byte[network.BaseAddress.GetAddressBytes().Length];
        for (var bit = 0; bit < network.PrefixLength; bit++) bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        return new IPAddress(bytes).ToString();
    }

    private static string ContentPath(int index) => $"/content/{index:0000}";

    /// <summary>The tree of a config drive.</summary>
    public IReadOnlyCollection<ConfigDriveFile> Files()
    {
        var files = new List<ConfigDriveFile>();
        var (meta, network) = (MetaData(), NetworkData());
        foreach (var version in (string[])[.. Versions, "latest"])
        {
            files.Add(new($"openstack/{version}/meta_data.json", meta));
            files.Add(new($"openstack/{version}/network_data.json", network));
            files.Add(new($"openstack/{version}/vendor_data.json", "{}"u8.ToArray()));
            files.Add(new($"openstack/{version}/vendor_data2.json", """{"static": {}}"""u8.ToArray()));
            if (UserData is { } user) files.Add(new($"openstack/{version}/user_data", user));
        }
        for (var i = 0; i < server.Personality.Count; i++)
            files.Add(new($"openstack{ContentPath(i)}", server.Personality[i].Contents));
        var ec2 = Ec2Json();
        files.Add(new("ec2/2009-04-04/meta-data.json", ec2));
        files.Add(new("ec2/latest/meta-data.json", ec2));
        if (UserData is { } data)
        {
            files.Add(new("ec2/2009-04-04/user-data", data));
            files.Add(new("ec2/latest/user-data", data));
        }
        return files;
    }

    /// <summary>A personality file by its number.</summary>
    public byte[]? Content(int index) => index >= 0 && index < server.Personality.Count ? server.Personality[index].Contents : null;

    /// <summary>EC2's tree: name to text, or to a tree.</summary>
    public IReadOnlyDictionary<string, object> Ec2()
    {
        var fixedIp = ports.SelectMany(p => p.FixedIps).FirstOrDefault(a => a.Version == 4)?.Address ?? "";
        var floating = ports.SelectMany(p => p.FloatingIps).FirstOrDefault()?.Address ?? "";
        var tree = new SortedDictionary<string, object>(StringComparer.Ordinal)
        {
            ["ami-id"] = "ami-" + (server.Number % 0x1_0000_0000).ToString("x8"),
            ["ami-launch-index"] = server.LaunchIndex.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["block-device-mapping"] = new SortedDictionary<string, object>(StringComparer.Ordinal)
            {
                ["ami"] = Short(server.RootDevice),
                ["root"] = server.RootDevice ?? "/dev/vda",
            },
            ["hostname"] = HostName,
            ["instance-action"] = "none",
            ["instance-id"] = "i-" + (server.Number % 0x1_0000_0000).ToString("x8"),
            ["instance-type"] = server.Flavor.Name,
            ["local-hostname"] = HostName,
            ["local-ipv4"] = fixedIp,
            ["placement"] = new SortedDictionary<string, object>(StringComparer.Ordinal) { ["availability-zone"] = server.Zone ?? "nova" },
            ["public-hostname"] = HostName,
            ["public-ipv4"] = floating,
            ["reservation-id"] = server.ReservationId,
            ["security-groups"] = string.Join('\n', ports.SelectMany(p => p.SecurityGroups).Select(g => g.Name).Distinct()),
        };
        if (server is { KeyName: { } name, KeyData: { } key })
            tree["public-keys"] = new SortedDictionary<string, object>(StringComparer.Ordinal)
            {
                [$"0={name}"] = new SortedDictionary<string, object>(StringComparer.Ordinal) { ["openssh-key"] = key },
            };
        return tree;
    }

    private static string Short(string? device) => (device ?? "/dev/vda").Replace("/dev/", "", StringComparison.Ordinal);

    private byte[] Ec2Json() => Json(json => WriteTree(json, Ec2()));

    private static void WriteTree(Utf8JsonWriter json, IReadOnlyDictionary<string, object> tree)
    {
        foreach (var (name, value) in tree)
        {
            if (value is string text)
            {
                json.WriteString(name, text);
                continue;
            }
            json.WriteStartObject(name);
            WriteTree(json, (IReadOnlyDictionary<string, object>)value);
            json.WriteEndObject();
        }
    }

    private static byte[] Json(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
