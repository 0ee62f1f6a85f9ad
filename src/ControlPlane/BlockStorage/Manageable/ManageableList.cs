using System.Globalization;
using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.BlockStorage.Manageable;

/// <summary>One disk of the pool.</summary>
/// <param name="Id">The volume's or snapshot's id, of one that is managed.</param>
/// <param name="SourceVolume">For a snapshot the volume it is of.</param>
internal sealed record ManageableRow(string Name, long SizeGib, string? Id, string? Reason, string? SourceVolume);

/// <summary>GET manageable_volumes and manageable_snapshots: what there is in the pool, and what of it can be managed.</summary>
internal static class ManageableList
{
    private const int MaxRows = 1000;

    /// <summary>By its name in the pool: <c>{"source-name": "volume-…"}</c>, or the name alone.</summary>
    public static Shape Reference => Shape.Either(Shape.AnyObject, Shape.Text(1, 255));

    /// <summary>Rule (Cinder): the caller says whose disks are meant.</summary>
    public static void RequireHost(BlockStorageRoom room, string? host)
    {
        if (host is null or "") throw BlockStorageFault.InvalidInput("One of cluster and host must be set.");
        if (host.Split('#')[0] != BlockStorageRoom.HostOf(room.Parts).Split('#')[0])
            throw Fault.BadRequest($"Service cinder-volume could not be found on host {host.Truncated()}; this cloud has {BlockStorageRoom.HostOf(room.Parts)}.");
    }

    public static Reply Write(ApiRequest request, string member, List<ManageableRow> rows, bool detail)
    {
        var page = Page(request, rows);
        return JsonWriting.Wrapped(member, json =>
        {
            json.WriteStartArray();
            foreach (var row in page) Write(json, row, detail);
            json.WriteEndArray();
        });
    }

    private static void Write(Utf8JsonWriter json, ManageableRow row, bool detail)
    {
        json.WriteStartObject();
        WriteReference(json, "reference", row.Name);
        json.WriteNumber("size", row.SizeGib);
        json.WriteBoolean("safe_to_manage", row.Reason is null);
        if (row.SourceVolume is { } volume) WriteReference(json, "source_reference", UnmanagedDisk.OfVolume(volume));
        if (detail)
        {
            json.WriteString("reason_not_managed", row.Reason);
            json.WriteString("cinder_id", row.Id);
            json.WriteNull("extra_info");
        }
        json.WriteEndObject();
    }

    private static void WriteReference(Utf8JsonWriter json, string member, string name)
    {
        json.WriteStartObject(member);
        json.WriteString("source-name", name);
        json.WriteEndObject();
    }

    // Rule (Cinder): sorted by size or reference, the last first unless asked otherwise; limit, offset, marker.
    private static IEnumerable<ManageableRow> Page(ApiRequest request, List<ManageableRow> rows)
    {
        var (key, direction) = Sort(request);
        var sorted = key == "size" ? rows.OrderBy(r => r.SizeGib).ThenBy(r => r.Name, StringComparer.Ordinal) : rows.OrderBy(r => r.Name, StringComparer.Ordinal);
        IEnumerable<ManageableRow> page = direction == "asc" ? sorted : sorted.Reverse();
        if (request.Query["marker"].ToString() is { Length: > 0 } marker)
            page = page.SkipWhile(r => r.Name != marker && r.Id != marker).Skip(1);
        return page.Skip(Number(request, "offset", 0)).Take(Math.Min(MaxRows, Number(request, "limit", MaxRows)));
    }

    private static (string Key, string Direction) Sort(ApiRequest request)
    {
        var words = request.Query["sort"].ToString().Split(':');
        var key = words[0].Length > 0 ? words[0] : "reference";
        var direction = words.Length > 1 ? words[1] : "desc";
        if (key is not ("size" or "reference")) throw BlockStorageFault.InvalidInput($"Invalid sort key '{key.Truncated()}'; there are size and reference.");
        if (direction is not ("asc" or "desc")) throw BlockStorageFault.InvalidInput($"Invalid sort direction '{direction.Truncated()}'; there are asc and desc.");
        return (key, direction);
    }

    private static int Number(ApiRequest request, string name, int otherwise)
    {
        var text = request.Query[name].ToString();
        if (text.Length == 0) return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw BlockStorageFault.InvalidInput($"{name} must be a whole number of 0 or more, not '{text.Truncated()}'.");
    }
}
