using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Images;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// The image of a volume-backed server has no bytes: its property <c>block_device_mapping</c> names snapshots, and a server
/// made of it gets volumes made of those. Rule: nova/compute/api.py, _check_and_transform_bdm and _get_image_defined_bdms.
/// </summary>
internal static class ImageMapping
{
    /// <summary>The devices asked for with those of the root's image among them; what the request says of a device counts.</summary>
    public static List<BlockDevice> Expand(List<BlockDevice> asked, Func<string, ImageRecord?> find)
    {
        if (asked.OfType<BlockDevice.LocalImage>().FirstOrDefault(d => d.BootIndex == 0) is not { } root) return asked;
        if (find(root.ImageId) is not { IsActive: true } image || !image.Properties.TryGetValue("block_device_mapping", out var text)) return asked;
        var given = asked.Where(d => d.DeviceName is not null).Select(d => d.DeviceName).ToHashSet();
        var own = Read(image.Id, text).Where(d => d.DeviceName is null || !given.Contains(d.DeviceName)).ToList();
        if (!own.Any(d => d.BootIndex == 0)) return [.. asked, .. own];
        // Boot indexes of further disks that the request names count on after those of the image.
        return [.. own.Where(d => d.BootIndex == 0), .. own.Where(d => d.BootIndex != 0), .. asked.Where(d => !ReferenceEquals(d, root))];
    }

    private static List<BlockDevice> Read(string imageId, string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == JsonValueKind.Array)
                return [.. json.RootElement.EnumerateArray().Select(d => Device(imageId, d)).OfType<BlockDevice>()];
        }
        catch (JsonException)
        {
            // Anybody may write a property; what is wrong with it is said below.
        }
        throw BlockDeviceReading.Invalid($"the property block_device_mapping of image {imageId} is no JSON list.");
    }

    private static BlockDevice? Device(string imageId, JsonElement d)
    {
        if (d.GetFlag("no_device") == true) return null;
        var (source, size, type) = (d.GetText("source_type"), d.GetLong("volume_size"), d.GetText("volume_type"));
        string Id(string name) => d.GetText(name) ?? d.GetText("uuid")
            ?? throw BlockDeviceReading.Invalid($"a {source} in the block_device_mapping of image {imageId} has no {name}.");
        BlockDevice device = (source, d.GetText("destination_type")) switch
        {
            ("snapshot", _) => new BlockDevice.VolumeFromSnapshot(Id("snapshot_id"), size, type),
            ("volume", _) => new BlockDevice.ExistingVolume(Id("volume_id")),
            ("image", "volume") => new BlockDevice.VolumeFromImage(Id("image_id"), size, type),
            ("blank", "volume") when size is { } gib => new BlockDevice.BlankVolume(gib, type),
            ("blank", "local") => d.GetText("guest_format") == "swap" ? new BlockDevice.Swap(size) : new BlockDevice.Ephemeral(size),
            _ => throw BlockDeviceReading.Invalid($"the block_device_mapping of image {imageId} has a device with source_type {source} that cannot be made here."),
        };
        return device with
        {
            BootIndex = d.GetLong("boot_index") is { } index and >= 0 ? (int)index : null,
            DeleteOnTermination = d.GetFlag("delete_on_termination") ?? false,
            DeviceName = d.GetText("device_name"),
            DiskBus = d.GetText("disk_bus"),
            DeviceType = d.GetText("device_type"),
            GuestFormat = d.GetText("guest_format"),
            Tag = d.GetText("tag"),
        };
    }
}
