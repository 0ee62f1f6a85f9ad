using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>Which operation a server is written for.</summary>
[Flags]
internal enum ServerForm
{
    Show = 1,
    Detail = 2,
    Update = 4,
    Rebuild = 8,
    All = Show | Detail | Update | Rebuild,
}

/// <summary>
/// A server as JSON at every microversion, from one declaration: each member with the version at which it appears and the
/// operations that show it. Rule: nova/api/openstack/compute/views/servers.py; the samples beside the API reference.
/// </summary>
internal static class ServerJson
{
    private delegate void Writer(Utf8JsonWriter json, ServerView view, ApiRequest request, ServerRights rights);

    private sealed record Member(string Key, int Since, Writer Write)
    {
        public JsonEncodedText Name { get; } = JsonEncodedText.Encode(Key);
        /// <summary>Before 2.75 an update and a rebuild answered less than a show.</summary>
        public ServerForm Before75 { get; init; } = ServerForm.All;
        public ServerForm Forms { get; init; } = ServerForm.All;
        public Func<ServerView, ServerRights, ApiRequest, bool> When { get; init; } = static (_, _, _) => true;
    }

    private const ServerForm Reading = ServerForm.Show | ServerForm.Detail;

    private static readonly Member[] Members =
    [
        new("id", 1, (j, v, _, _) => j.WriteStringValue(v.Server.Id)),
        new("name", 1, (j, v, _, _) => j.WriteStringValue(v.Server.Name)),
        new("status", 1, (j, v, _, _) => j.WriteStringValue(v.Server.Status)),
        new("tenant_id", 1, (j, v, _, _) => j.WriteStringValue(v.Server.ProjectId)),
        new("user_id", 1, (j, v, _, _) => j.WriteStringValue(v.Server.UserId)),
        new("metadata", 1, WriteMetadata),
        new("hostId", 1, (j, v, _, _) => j.WriteStringValue(HostIdOf(v.Server))),
        new("image", 1, WriteImage),
        new("flavor", 1, WriteFlavor),
        new("created", 1, (j, v, _, _) => j.WriteStringValue(TimeText.Seconds(v.Server.CreatedAt))),
        new("updated", 1, (j, v, _, _) => j.WriteStringValue(TimeText.Seconds(v.Server.UpdatedAt))),
        new("addresses", 1, (j, v, _, _) => ServerAddressesJson.Write(j, v.Ports, extended: true)) { Before75 = Reading },
        new("addresses", 1, (j, v, _, _) => ServerAddressesJson.Write(j, v.Ports, extended: false))
            { Forms = ServerForm.Update | ServerForm.Rebuild, When = static (_, _, r) => !r.At(2, 75) },
        new("accessIPv4", 1, (j, v, _, _) => j.WriteStringValue(v.Server.AccessIpV4 ?? "")),
        new("accessIPv6", 1, (j, v, _, _) => j.WriteStringValue(v.Server.AccessIpV6 ?? "")),
        new("OS-DCF:diskConfig", 1, (j, v, _, _) => j.WriteStringValue(v.Server.DiskConfig)),
        new("progress", 1, (j, v, _, _) => j.WriteNumberValue(v.Server.Progress))
            { When = static (v, _, _) => v.Server.Status is "ACTIVE" or "BUILD" or "REBUILD" or "RESIZE" or "VERIFY_RESIZE" or "MIGRATING" },
        new("fault", 1, WriteFault) { When = static (v, _, _) => v.Fault is not null },
        new("OS-EXT-AZ:availability_zone", 1, (j, v, _, _) => j.WriteStringValue(v.Server.Zone ?? v.Server.PinnedZone ?? "")) { Before75 = Reading },
        new("pinned_availability_zone", 96, (j, v, _, _) => j.WriteStringValue(v.Server.PinnedZone)),
        new("config_drive", 1, (j, v, _, _) => j.WriteStringValue(v.Server.ConfigDrive ? "True" : "")) { Before75 = Reading },
        new("key_name", 1, (j, v, _, _) => j.WriteStringValue(v.Server.KeyName)) { Before75 = Reading },
        new("key_name", 54, (j, v, _, _) => j.WriteStringValue(v.Server.KeyName)) { Before75 = ServerForm.Rebuild, Forms = ServerForm.Rebuild, When = static (_, _, r) => !r.At(2, 75) },
        new("OS-SRV-USG:launched_at", 1, (j, v, _, _) => j.WriteStringValue(v.Server.LaunchedAt is { } at ? TimeText.Microseconds(at) : null)) { Before75 = Reading },
        new("OS-SRV-USG:terminated_at", 1, (j, v, _, _) => j.WriteStringValue(v.Server.TerminatedAt is { } at ? TimeText.Microseconds(at) : null)) { Before75 = Reading },
        new("security_groups", 1, WriteSecurityGroups) { Before75 = Reading, When = static (v, _, _) => v.Ports.Any(p => p.SecurityGroups.Count > 0) },
        new("OS-EXT-SRV-ATTR:host", 1, (j, v, _, _) => j.WriteStringValue(v.Server.Host)) { Before75 = Reading, When = Attributes },
        new("OS-EXT-SRV-ATTR:instance_name", 1, (j, v, _, _) => j.WriteStringValue(v.Server.InstanceName)) { Before75 = Reading, When = Attributes },
        new("OS-EXT-SRV-ATTR:hypervisor_hostname", 1, (j, v, _, _) => j.WriteStringValue(v.Server.Node)) { Before75 = Reading, When = Attributes },
        new("OS-EXT-SRV-ATTR:reservation_id", 3, (j, v, _, _) => j.WriteStringValue(v.Server.ReservationId)) { Before75 = Reading, When = Attributes },
        new("OS-EXT-SRV-ATTR:launch_index", 3, (j, v, _, _) => j.WriteNumberValue(v.Server.LaunchIndex)) { Before75 = Reading, When = Attributes },
        new("OS-EXT-SRV-ATTR:hostname", 3, (j, v, _, _) => j.WriteStringValue(v.Server.HostName))
            { Before75 = Reading, When = static (_, rights, r) => rights.Attributes || r.At(2, 90) },
        new("OS-EXT-SRV-ATTR:kernel_id", 3, (j, v, _, _) => j.WriteStringValue(v.Server.Image.Properties.GetValueOrDefault("kernel_id", ""))) { Before75 = Reading, When = Attributes },
        new("OS-EXT-SRV-ATTR:ramdisk_id", 3, (j, v, _, _) => j.WriteStringValue(v.Server.Image.Properties.GetValueOrDefault("ramdisk_id", ""))) { Before75 = Reading, When = Attributes },
        new("OS-EXT-SRV-ATTR:root_device_name", 3, (j, v, _, _) => j.WriteStringValue(v.Server.RootDevice)) { Before75 = Reading, When = Attributes },
        new("OS-EXT-SRV-ATTR:user_data", 3, (j, v, _, _) => j.WriteStringValue(v.Server.UserData))
            { Before75 = Reading, Forms = Reading | ServerForm.Update, When = Attributes },
        new("user_data", 57, (j, v, _, _) => j.WriteStringValue(v.Server.UserData)) { Forms = ServerForm.Rebuild },
        new("OS-EXT-STS:task_state", 1, (j, v, _, _) => j.WriteStringValue(v.Server.TaskState)) { Before75 = Reading },
        new("OS-EXT-STS:vm_state", 1, (j, v, _, _) => j.WriteStringValue(v.Server.VmState)) { Before75 = Reading },
        new("OS-EXT-STS:power_state", 1, (j, v, _, _) => j.WriteNumberValue((int)v.Server.PowerState)) { Before75 = Reading },
        new("os-extended-volumes:volumes_attached", 1, WriteVolumes) { Before75 = Reading },
        new("locked", 9, (j, v, _, _) => j.WriteBooleanValue(v.Server.Locked)),
        new("host_status", 16, (j, v, _, _) => j.WriteStringValue(v.HostStatus))
            { Before75 = Reading, When = static (_, rights, _) => rights.HostStatus },
        new("description", 19, (j, v, _, _) => j.WriteStringValue(v.Server.Description)),
        new("tags", 26, WriteTags),
        new("trusted_image_certificates", 63, (j, _, _, _) => j.WriteNullValue()),
        new("server_groups", 71, WriteGroups) { Forms = ServerForm.Show | ServerForm.Update | ServerForm.Rebuild },
        new("locked_reason", 73, (j, v, _, _) => j.WriteStringValue(v.Server.LockedReason)),
        new("scheduler_hints", 100, WriteHints),
    ];

    private static bool Attributes(ServerView view, ServerRights rights, ApiRequest request) => rights.Attributes;

    /// <summary>The members of a server inside an object that the caller has begun.</summary>
    public static void WriteMembers(Utf8JsonWriter json, ServerView view, ApiRequest request, ServerForm form, ServerRights rights)
    {
        var before75 = !request.At(2, 75);
        foreach (var member in Members)
        {
            if (request.Version.Minor < member.Since || (member.Forms & form) == 0) continue;
            if (before75 && (member.Before75 & form) == 0) continue;
            if (!member.When(view, rights, request)) continue;
            json.WritePropertyName(member.Name);
            member.Write(json, view, request, rights);
        }
        ComputeLinks.Write(json, request, "servers", view.Server.Id);
    }

    public static void WriteBrief(Utf8JsonWriter json, ServerRecord server, ApiRequest request)
    {
        json.WriteStartObject();
        json.WriteString("id", server.Id);
        json.WriteString("name", server.Name);
        ComputeLinks.Write(json, request, "servers", server.Id);
        json.WriteEndObject();
    }

    public static void WriteCreated(Utf8JsonWriter json, ApiRequest request, string id, ServerRequest wanted, string password)
    {
        json.WriteStartObject();
        json.WriteStartObject("server");
        json.WriteString("id", id);
        ComputeLinks.Write(json, request, "servers", id);
        json.WriteString("OS-DCF:diskConfig", wanted.DiskConfig);
        json.WriteStartArray("security_groups");
        foreach (var group in wanted.SecurityGroups.Length == 0 ? ["default"] : wanted.SecurityGroups)
        {
            json.WriteStartObject();
            json.WriteString("name", group);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("adminPass", password);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Tells a project's own servers on one host from those on another, and nothing about the host.</summary>
    private static string HostIdOf(ServerRecord server) => server.Host is null ? "" : HostIds.GetOrAdd((server.ProjectId, server.Host), static key =>
        Sha224.Hex(Encoding.UTF8.GetBytes(key.ProjectId + key.Host)));

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<(string ProjectId, string Host), string> HostIds = new();

    private static void WriteMetadata(Utf8JsonWriter json, ServerView view, ApiRequest request, ServerRights rights)
    {
        json.WriteStartObject();
        foreach (var (name, value) in view.Metadata) json.WriteString(name, value);
        json.WriteEndObject();
    }

    private static void WriteImage(Utf8JsonWriter json, ServerView view, ApiRequest request, ServerRights rights)
    {
        if (view.Server.ImageId is not { } id)
        {
            json.WriteStringValue("");
            return;
        }
        json.WriteStartObject();
        json.WriteString("id", id);
        WriteBookmark(json, request, "images", id);
        if (request.At(2, 98))
        {
            json.WriteStartObject("properties");
            foreach (var (name, value) in view.Server.Image.Properties) json.WriteString(name, value);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteBookmark(Utf8JsonWriter json, ApiRequest request, string collection, string id)
    {
        json.WriteStartArray("links");
        json.WriteStartObject();
        json.WriteString("rel", "bookmark");
        json.WriteString("href", ComputeLinks.Bookmark(request, collection, id));
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteFlavor(Utf8JsonWriter json, ServerView view, ApiRequest request, ServerRights rights)
    {
        var flavor = view.Server.Flavor;
        json.WriteStartObject();
        if (!request.At(2, 47))
        {
            json.WriteString("id", flavor.Id);
            WriteBookmark(json, request, "flavors", flavor.Id);
            json.WriteEndObject();
            return;
        }
        json.WriteNumber("vcpus", flavor.Vcpus);
        json.WriteNumber("ram", flavor.RamMib);
        json.WriteNumber("disk", flavor.DiskGib);
        json.WriteNumber("ephemeral", flavor.EphemeralGib);
        json.WriteNumber("swap", flavor.SwapMib);
        json.WriteString("original_name", flavor.Name);
        if (rights.ExtraSpecs)
        {
            json.WriteStartObject("extra_specs");
            foreach (var (name, value) in flavor.ExtraSpecs) json.WriteString(name, value);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteFault(Utf8JsonWriter json, ServerView view, ApiRequest request, ServerRights rights)
    {
        var fault = view.Fault!;
        json.WriteStartObject();
        json.WriteNumber("code", fault.Code);
        json.WriteString("created", TimeText.Seconds(fault.CreatedAt));
        json.WriteString("message", fault.Message);
        if (fault.Details is { } details && (rights.Admin || fault.Code != 500)) json.WriteString("details", details);
        json.WriteEndObject();
    }

    private static void WriteSecurityGroups(Utf8JsonWriter json, ServerView view, ApiRequest request, ServerRights rights)
    {
        json.WriteStartArray();
        foreach (var group in view.Ports.SelectMany(p => p.SecurityGroups).Select(g => g.Name).Distinct())
        {
            json.WriteStartObject();
            json.WriteString("name", group);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteVolumes(Utf8JsonWriter json, ServerView view, ApiRequest request, ServerRights rights)
    {
        json.WriteStartArray();
        foreach (var volume in view.Volumes)
        {
            json.WriteStartObject();
            json.WriteString("id", volume.Id);
            if (request.At(2, 3)) json.WriteBoolean("delete_on_termination", volume.DeleteOnTermination);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteTags(Utf8JsonWriter json, ServerView view, ApiRequest request, ServerRights rights)
    {
        json.WriteStartArray();
        foreach (var tag in view.Tags) json.WriteStringValue(tag);
        json.WriteEndArray();
    }

    private static void WriteGroups(Utf8JsonWriter json, ServerView view, ApiRequest request, ServerRights rights)
    {
        json.WriteStartArray();
        foreach (var group in view.Groups) json.WriteStringValue(group);
        json.WriteEndArray();
    }

    // Nova keeps each hint as a list, whatever was given.
    private static void WriteHints(Utf8JsonWriter json, ServerView view, ApiRequest request, ServerRights rights)
    {
        using var hints = JsonDocument.Parse(view.Server.Hints);
        json.WriteStartObject();
        foreach (var hint in hints.RootElement.EnumerateObject())
        {
            json.WritePropertyName(hint.Name);
            if (hint.Value.ValueKind == JsonValueKind.Array)
            {
                hint.Value.WriteTo(json);
                continue;
            }
            json.WriteStartArray();
            hint.Value.WriteTo(json);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
