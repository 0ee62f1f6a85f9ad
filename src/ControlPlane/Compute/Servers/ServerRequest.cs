using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>What a POST /servers asks for, checked for its form and not yet against any row.</summary>
internal sealed record ServerRequest
{
    public required string Name { get; init; }
    public string? Description { get; init; }
    public required string FlavorId { get; init; }
    public string? ImageId { get; init; }
    public required List<BlockDevice> Devices { get; init; }
    public required WantedNetworks Networks { get; init; }
    public string[] SecurityGroups { get; init; } = [];
    public Dictionary<string, string> Metadata { get; init; } = [];
    public string[] Tags { get; init; } = [];
    public string? KeyName { get; init; }
    public string? UserData { get; init; }
    public PersonalityFile[] Personality { get; init; } = [];
    public bool ConfigDrive { get; init; }
    public string DiskConfig { get; init; } = "MANUAL";
    public string? AccessIpV4 { get; init; }
    public string? AccessIpV6 { get; init; }
    public string? Zone { get; init; }
    public string? Host { get; init; }
    public string? Node { get; init; }
    /// <summary>The host came inside <c>zone:host</c>.</summary>
    public bool HostIsForced { get; init; }
    public string? HostName { get; init; }
    public string? AdminPass { get; init; }
    public int MinCount { get; init; } = 1;
    public int MaxCount { get; init; } = 1;
    public bool ReturnReservation { get; init; }
    public string Hints { get; init; } = "{}";
    public string? GroupId { get; init; }
}

/// <summary>Which networks a new server shall be on.</summary>
internal abstract record WantedNetworks
{
    private WantedNetworks() { }

    /// <summary>The one network of the project; nothing where it has none.</summary>
    public sealed record Choose : WantedNetworks;
    /// <summary>The one network of the project; where it has none, one is made for it.</summary>
    public sealed record Auto : WantedNetworks;
    public sealed record None : WantedNetworks;
    public sealed record These(WantedNetwork[] Items) : WantedNetworks;
}

/// <summary>One entry of <c>networks</c>.</summary>
internal sealed record WantedNetwork(string? NetworkId, string? PortId, string? FixedIp, string? Tag);

/// <summary>Reads the body of POST /servers. Rule: nova/api/openstack/compute/schemas/servers.py with its microversions.</summary>
internal static class ServerRequestReading
{
    private const int MaxUserData = 65535;
    private static readonly Shape Tag = Shape.Text(1, 60, "^[^,/]*$", "a tag has 1 to 60 characters and no comma or slash");
    private static readonly Shape Metadata = Shape.Map(@"^[a-zA-Z0-9\-_:. ]{1,255}$", Shape.Text(0, 255));
    private static readonly Shape Address = Shape.Text(0, 45);

    private static readonly Shape Networks = Shape.List(Shape.Object(
        Member.May("fixed_ip", Shape.Text(1, 45)),
        Member.May("port", Shape.OrNull(Shape.Uuid)),
        Member.May("uuid", Shape.Uuid),
        Member.May("tag", Tag).Since(2, 32).Until(2, 36),
        Member.May("tag", Tag).Since(2, 42)));

    private static readonly Shape Hints = Shape.Object(
        Member.May("group", Shape.Uuid),
        Member.May("different_host", Shape.Either(Shape.Uuid, Shape.List(Shape.Uuid))),
        Member.May("same_host", Shape.Either(Shape.Uuid, Shape.List(Shape.Uuid))),
        Member.May("query", Shape.Any),
        Member.May("target_cell", Shape.Text(1, 255)),
        Member.May("different_cell", Shape.Any),
        Member.May("build_near_host_ip", Shape.Text(1, 45)),
        Member.May("cidr", Shape.Text(1, 45))).Open();

    private static readonly Shape Server = Shape.Object(
        Member.Must("name", Shape.Name()),
        Member.May("imageRef", Shape.Either(Shape.Text(0, 0), Shape.Uuid)),
        Member.Must("flavorRef", Shape.Either(Shape.Text(1, 255), Shape.Integer(0))),
        Member.May("adminPass", Shape.Text()),
        Member.May("metadata", Metadata),
        Member.May("networks", Networks).Until(2, 36),
        Member.Must("networks", Shape.Either(Shape.OneOf("none", "auto"), Networks)).Since(2, 37),
        Member.May("OS-DCF:diskConfig", Shape.OneOf("AUTO", "MANUAL")),
        Member.May("accessIPv4", Address),
        Member.May("accessIPv6", Address),
        Member.May("personality", Shape.List(Shape.Object(
            Member.Must("path", Shape.Text(1, 255)), Member.Must("contents", Shape.Text())))).Until(2, 56),
        Member.May("availability_zone", Shape.OrNull(Shape.Text(1, 255))),
        Member.May("block_device_mapping", BlockDeviceReading.V1),
        Member.May("block_device_mapping_v2", BlockDeviceReading.V2),
        Member.May("config_drive", Shape.OrNull(Shape.Flag)),
        Member.May("key_name", Shape.OrNull(Shape.Name())),
        Member.May("min_count", Shape.Integer(1)),
        Member.May("max_count", Shape.Integer(1)),
        Member.May("return_reservation_id", Shape.Flag),
        Member.May("security_groups", Shape.List(Shape.Object(Member.May("name", Shape.Text(1, 255))).Open())),
        Member.May("user_data", Shape.OrNull(Shape.Text(0, MaxUserData))),
        Member.May("description", Shape.OrNull(Shape.Text(0, 255))).Since(2, 19),
        Member.May("tags", Shape.List(Tag, max: 50)).Since(2, 52),
        Member.May("trusted_image_certificates", Shape.OrNull(Shape.List(Shape.Text(1, 255), 1, 50, unique: true))).Since(2, 63),
        Member.May("host", Shape.Text(1, 255, @"^[a-zA-Z0-9\-_.]+$")).Since(2, 74),
        Member.May("hypervisor_hostname", Shape.Text(1, 255, @"^[a-zA-Z0-9\-_.]+$")).Since(2, 74),
        Member.May("hostname", Shape.Text(1, 63, @"^[a-zA-Z0-9\-]+$")).Since(2, 90).Until(2, 93),
        Member.May("hostname", Shape.Text(1, 255, @"^[a-zA-Z0-9\-.]+$")).Since(2, 94));

    private static readonly Shape Whole = Shape.Object(
        Member.Must("server", Server),
        Member.May("os:scheduler_hints", Hints),
        Member.May("OS-SCH-HNT:scheduler_hints", Hints));

    public static async Task<ServerRequest> Read(ApiRequest request)
    {
        var body = await request.Body();
        Whole.Check(body, "server", request.Version);
        var server = body.GetProperty("server");
        if (server.GetItems("trusted_image_certificates").Any())
            throw Fault.BadRequest("Invalid input for field/attribute trusted_image_certificates: image signatures are not validated by this cloud; leave it out.");
        var image = server.GetText("imageRef") is { Length: > 0 } id ? id : null;
        var hints = body.Get("os:scheduler_hints") ?? body.Get("OS-SCH-HNT:scheduler_hints");
        var (zone, zoneHost, zoneNode) = ZoneOf(server.GetText("availability_zone"));
        var (min, max) = Counts(server);
        return new ServerRequest
        {
            Name = server.GetText("name")!.Trim(),
            Description = request.At(2, 19) ? server.GetText("description") : server.GetText("name"),
            FlavorId = FlavorOf(server.GetText("flavorRef")!),
            ImageId = image,
            Devices = BlockDeviceReading.Read(server, image),
            Networks = NetworksOf(server),
            SecurityGroups = [.. server.GetItems("security_groups").Select(g => g.GetText("name")).OfType<string>().Distinct()],
            Metadata = server.GetMap("metadata"),
            Tags = [.. server.GetItems("tags").Select(t => t.GetString()!).Distinct()],
            KeyName = server.GetText("key_name"),
            UserData = UserDataOf(server.GetText("user_data")),
            Personality = [.. server.GetItems("personality").Select(File)],
            ConfigDrive = server.GetFlag("config_drive") == true,
            DiskConfig = server.GetText("OS-DCF:diskConfig") ?? "MANUAL",
            AccessIpV4 = AddressOf(server, "accessIPv4", AddressFamily.InterNetwork),
            AccessIpV6 = AddressOf(server, "accessIPv6", AddressFamily.InterNetworkV6),
            Zone = zone,
            Host = server.GetText("host") ?? zoneHost,
            Node = server.GetText("hypervisor_hostname") ?? zoneNode,
            HostIsForced = zoneHost is not null || zoneNode is not null,
            HostName = server.GetText("hostname"),
            AdminPass = server.GetText("adminPass"),
            MinCount = min,
            MaxCount = max,
            ReturnReservation = server.GetFlag("return_reservation_id") == true,
            Hints = hints?.GetRawText() ?? "{}",
            GroupId = hints?.GetText("group"),
        };
    }

    // Old clients give the flavor's URL.
    private static string FlavorOf(string reference) => reference.Contains('/', StringComparison.Ordinal) ? reference[(reference.LastIndexOf('/') + 1)..] : reference;

    private static (int Min, int Max) Counts(JsonElement server)
    {
        var min = server.GetInt("min_count") ?? 1;
        var max = server.GetInt("max_count") ?? Math.Max(min, 1);
        if (min > max) throw Fault.BadRequest($"min_count must be <= max_count: min_count is {min}, max_count is {max}.");
        return (min, max);
    }

    private static (string? Zone, string? Host, string? Node) ZoneOf(string? text)
    {
        if (string.IsNullOrEmpty(text)) return (null, null, null);
        var parts = text.Split(':');
        if (parts.Length > 3) throw Fault.BadRequest($"Unable to parse availability_zone '{text}'. Write zone, zone:host, zone:host:node or zone::node.");
        string? At(int i) => parts.Length > i && parts[i].Length > 0 ? parts[i] : null;
        return (At(0), At(1), At(2));
    }

    private static WantedNetworks NetworksOf(JsonElement server)
    {
        if (server.Get("networks") is not { } networks) return new WantedNetworks.Choose();
        if (networks.ValueKind == JsonValueKind.String)
            return networks.GetString() == "none" ? new WantedNetworks.None() : new WantedNetworks.Auto();
        if (networks.GetArrayLength() == 0) return new WantedNetworks.Choose();
        var items = networks.EnumerateArray().Select(n =>
        {
            var (uuid, port, ip) = (n.GetText("uuid"), n.GetText("port"), n.GetText("fixed_ip"));
            if (port is not null && ip is not null)
                throw Fault.BadRequest($"Specified Fixed IP '{ip}' cannot be used with port '{port}': the two cannot be specified together. Leave fixed_ip out.");
            if (port is null && uuid is null)
                throw Fault.BadRequest("Bad networks format: an entry of networks names neither uuid (a network's id) nor port (a port's id).");
            if (ip is not null && !IPAddress.TryParse(ip, out _)) throw Fault.BadRequest($"Invalid fixed IP address ({ip})");
            return new WantedNetwork(port is null ? uuid : null, port, ip, n.GetText("tag"));
        }).ToArray();
        var twice = items.Where(i => i.PortId is not null).GroupBy(i => i.PortId).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null) throw Fault.BadRequest($"Port {twice.Key} is given twice; a server has each port once.");
        var tag = items.Where(i => i.Tag is not null).GroupBy(i => i.Tag).FirstOrDefault(g => g.Count() > 1);
        if (tag is not null) throw Fault.BadRequest($"Duplicate device tag '{tag.Key}': each device needs its own.");
        return new WantedNetworks.These(items);
    }

    internal static string? UserDataOf(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        var buffer = new byte[text.Length];
        return Convert.TryFromBase64String(text, buffer, out _)
            ? text
            : throw Fault.BadRequest("Invalid input for field/attribute user_data. Userdata content cannot be decoded: it must be base64.");
    }

    internal static PersonalityFile File(JsonElement file)
    {
        try
        {
            return new PersonalityFile(file.GetText("path")!, Convert.FromBase64String(file.GetText("contents")!));
        }
        catch (FormatException)
        {
            throw Fault.BadRequest($"Personality content for {file.GetText("path")} cannot be decoded: it must be base64.");
        }
    }

    internal static string? AddressOf(JsonElement server, string name, AddressFamily family)
    {
        var text = server.GetText(name);
        if (string.IsNullOrEmpty(text)) return null;
        if (IPAddress.TryParse(text, out var address) && address.AddressFamily == family) return address.ToString();
        var kind = family == AddressFamily.InterNetwork ? "ipv4" : "ipv6";
        throw Fault.BadRequest($"Invalid input for field/attribute {name}. Value: {text}. '{text}' is not a '{kind}'");
    }
}
