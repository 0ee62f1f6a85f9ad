using System.Globalization;
using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// Reads block_device_mapping (v1) and block_device_mapping_v2 into <see cref="BlockDevice"/>. Each mistake has a message of
/// its own behind Nova's words. Rule: nova/block_device.py, BlockDeviceDict.from_api; nova/compute/api.py, _validate_bdm.
/// </summary>
internal static class BlockDeviceReading
{
    public static Fault Invalid(string why) => Fault.BadRequest($"Block Device Mapping is Invalid: {why}");

    public static readonly Shape V2 = Shape.List(Shape.Object(
        Member.May("source_type", Shape.OneOf("volume", "image", "snapshot", "blank")),
        Member.May("uuid", Shape.OrNull(Shape.Text(1, 255, "^[a-zA-Z0-9._-]*$"))),
        Member.May("image_id", Shape.OrNull(Shape.Text())),
        Member.May("destination_type", Shape.OneOf("local", "volume")),
        Member.May("guest_format", Shape.OrNull(Shape.Text(0, 255, @"^\S*$"))),
        Member.May("device_type", Shape.OrNull(Shape.Text(0, 255))),
        Member.May("disk_bus", Shape.OrNull(Shape.Text(0, 255))),
        Member.May("boot_index", Shape.OrNull(Shape.Integer())),
        Member.May("tag", Shape.Text(1, 60, "^[^,/]*$")).Since(2, 32).Until(2, 32),
        Member.May("tag", Shape.Text(1, 60, "^[^,/]*$")).Since(2, 42),
        Member.May("volume_type", Shape.OrNull(Shape.Text(0, 255))).Since(2, 67),
        Member.May("device_name", Shape.OrNull(Shape.Text(1, 255, @"^[a-zA-Z0-9._\-/]*$"))),
        Member.May("volume_size", Shape.OrNull(Shape.Either(Shape.Integer(1), Shape.Text(0, 0)))),
        Member.May("no_device", Shape.Any),
        Member.May("delete_on_termination", Shape.Flag),
        Member.May("virtual_name", Shape.Text(0, 255)),
        Member.May("volume_id", Shape.OrNull(Shape.Text(1, 255))),
        Member.May("snapshot_id", Shape.OrNull(Shape.Text(1, 255)))));

    public static readonly Shape V1 = Shape.List(Shape.Object(
        Member.May("virtual_name", Shape.Text(0, 255)),
        Member.May("volume_id", Shape.OrNull(Shape.Text(1, 255))),
        Member.May("snapshot_id", Shape.OrNull(Shape.Text(1, 255))),
        Member.May("volume_size", Shape.OrNull(Shape.Either(Shape.Integer(1), Shape.Text(0, 0)))),
        Member.May("device_name", Shape.OrNull(Shape.Text(1, 255, @"^[a-zA-Z0-9._\-/]*$"))),
        Member.May("delete_on_termination", Shape.Flag),
        Member.May("no_device", Shape.Any),
        Member.May("connection_info", Shape.Text(1, 255))).Open());

    /// <summary>The devices a body asks for, the root disk of <c>imageRef</c> among them.</summary>
    public static List<BlockDevice> Read(JsonElement server, string? imageRef)
    {
        var (v1, v2) = (server.Get("block_device_mapping"), server.Get("block_device_mapping_v2"));
        if (v1 is not null && v2 is not null)
            throw Fault.BadRequest("Using different block_device_mapping syntaxes is not allowed in the same request.");
        var devices = v2 is not null
            ? server.GetItems("block_device_mapping_v2").Select(d => ReadV2(d, imageRef is not null)).OfType<BlockDevice>().ToList()
            : server.GetItems("block_device_mapping").Select(d => ReadV1(d, imageRef is not null)).OfType<BlockDevice>().ToList();
        if (imageRef is not null && v1 is not null && devices.Find(d => d.BootIndex == 0) is { } vdaOfV1)
        {
            // v1 with an image: what is given as the first device replaces the image's disk.
            devices.Remove(vdaOfV1);
            devices.Insert(0, vdaOfV1);
        }
        else if (imageRef is not null && !devices.Any(d => d.BootIndex == 0))
        {
            devices.Insert(0, new BlockDevice.LocalImage(imageRef) { BootIndex = 0, DeleteOnTermination = true });
        }
        Check(devices, imageRef);
        return devices;
    }

    private static BlockDevice? ReadV2(JsonElement d, bool hasImage)
    {
        // "no_device": the image's own mapping for that name is to be left out.
        if (d.GetFlag("no_device") == true) return null;
        var source = d.GetText("source_type") ?? throw Invalid("Invalid source_type field. Give source_type: one of image, volume, snapshot, blank.");
        var uuid = d.GetText("uuid");
        if (source == "blank" && uuid is not null) throw Invalid("Invalid device UUID. A blank device has no uuid: leave it out, or name another source_type.");
        if (source != "blank" && uuid is null) throw Invalid($"Missing device UUID. source_type is {source}: give uuid, the {source}'s id.");
        var destination = d.GetText("destination_type") ?? (source is "blank" ? "local" : source is "image" ? "local" : "volume");
        var boot = BootIndexOf(d);
        var (size, type) = (d.GetLong("volume_size"), d.GetText("volume_type"));
        if (type is not null && (destination == "local" || source == "volume"))
            throw Invalid($"Specifying a volume_type with source_type={source} and destination_type={destination} is not supported; only new volumes have a type to choose.");
        return (source, destination) switch
        {
            ("image", "local") => hasImage && boot == 0
                ? With(new BlockDevice.LocalImage(uuid!), d) with { BootIndex = 0, DeleteOnTermination = true }
                : throw Invalid("Mapping image to local is not supported. Give the root disk's image as imageRef, or set destination_type to volume."),
            ("image", _) => With(new BlockDevice.VolumeFromImage(uuid!, size, type), d),
            ("volume", "local") or ("snapshot", "local") => throw Invalid(
                $"A {source} cannot be a local disk: set destination_type to volume (it is {destination})."),
            ("volume", _) => With(new BlockDevice.ExistingVolume(uuid!), d),
            ("snapshot", _) => With(new BlockDevice.VolumeFromSnapshot(uuid!, size, type), d),
            ("blank", "volume") => With(new BlockDevice.BlankVolume(size ?? throw Invalid(
                "Blank volumes (source: 'blank', dest: 'volume') need to have non-zero size. Give volume_size in GiB."), type), d),
            _ => d.GetText("guest_format") == "swap"
                ? With(new BlockDevice.Swap(size), d)
                : With(new BlockDevice.Ephemeral(size), d),
        };
    }

    // v1: device_name says what boots; a volume or a snapshot, or a virtual name (swap, ephemeral0).
    private static BlockDevice? ReadV1(JsonElement d, bool hasImage)
    {
        if (d.Has("no_device") && d.GetFlag("no_device") != false && d.Get("no_device") is not null) return null;
        var size = d.GetLong("volume_size");
        var boot = !hasImage && IsFirst(d.GetText("device_name")) ? 0 : (int?)null;
        BlockDevice device = (d.GetText("volume_id"), d.GetText("snapshot_id"), d.GetText("virtual_name")) switch
        {
            ({ } volume, null, _) => new BlockDevice.ExistingVolume(volume),
            (null, { } snapshot, _) => new BlockDevice.VolumeFromSnapshot(snapshot, size, null),
            ({ } volume, { } snapshot, _) => throw Invalid($"volume_id {volume} and snapshot_id {snapshot} are both given; leave one out."),
            (null, null, "swap") => new BlockDevice.Swap(size),
            (null, null, { } name) when name.StartsWith("ephemeral", StringComparison.Ordinal) => new BlockDevice.Ephemeral(size),
            _ => throw Invalid("an entry of block_device_mapping names neither volume_id nor snapshot_id."),
        };
        return device with
        {
            BootIndex = boot,
            DeviceName = d.GetText("device_name"),
            DeleteOnTermination = d.GetFlag("delete_on_termination") ?? false,
        };
    }

    private static bool IsFirst(string? device) => device is null || device.EndsWith("da", StringComparison.Ordinal);

    private static int? BootIndexOf(JsonElement d) => d.GetLong("boot_index") is { } index
        ? index >= 0 ? (int)Math.Min(index, int.MaxValue) : null
        : null;

    private static BlockDevice With(BlockDevice device, JsonElement d) => device with
    {
        BootIndex = BootIndexOf(d),
        DeleteOnTermination = d.GetFlag("delete_on_termination") ?? device is BlockDevice.Ephemeral or BlockDevice.Swap,
        DeviceName = d.GetText("device_name") is { Length: > 0 } name ? (name.StartsWith('/') ? name : "/dev/" + name) : null,
        DiskBus = d.GetText("disk_bus"),
        DeviceType = d.GetText("device_type"),
        GuestFormat = d.GetText("guest_format"),
        Tag = d.GetText("tag"),
    };

    private static void Check(List<BlockDevice> devices, string? imageRef)
    {
        var boots = devices.Where(d => d.BootIndex is not null).Select(d => d.BootIndex!.Value).Order().ToList();
        if (boots.Count == 0 || boots[0] != 0)
            throw devices.Count == 0
                ? Fault.BadRequest("Block Device Mapping is Invalid: You must provide an image (imageRef) or a bootable block device (boot_index 0).")
                : Invalid("Boot sequence for the instance and image/block device mapping combination is not valid. No device has boot_index 0: give imageRef, or set boot_index 0 on the device to boot from.");
        for (var i = 0; i < boots.Count; i++)
            if (boots[i] != i)
                throw Invalid("Boot sequence for the instance and image/block device mapping combination is not valid. "
                    + (i > 0 && boots[i] == boots[i - 1]
                        ? $"boot_index {boots[i]} is given twice{(boots[i] == 0 && imageRef is not null ? " (imageRef has boot_index 0 too)" : "")}; each device needs its own."
                        : string.Create(CultureInfo.InvariantCulture, $"boot_index {i} is missing before {boots[i]}.")));
        if (devices.OfType<BlockDevice.Swap>().Count() > 1)
            throw Invalid("More than one swap drive requested. Leave one out.");
        if (devices.OfType<BlockDevice.LocalImage>().Any(d => d.ImageId != imageRef))
            throw Invalid($"Mapping image to local is not supported. The local image's uuid must be imageRef ({imageRef}).");
        var named = devices.Where(d => d.DeviceName is not null).GroupBy(d => d.DeviceName).FirstOrDefault(g => g.Count() > 1);
        if (named is not null) throw Invalid($"device_name {named.Key} is given twice; leave device_name out to have names chosen.");
        var tag = devices.Where(d => d.Tag is not null).GroupBy(d => d.Tag).FirstOrDefault(g => g.Count() > 1);
        if (tag is not null) throw Fault.BadRequest($"Duplicate device tag '{tag.Key}': each device needs its own.");
        var volume = devices.OfType<BlockDevice.ExistingVolume>().GroupBy(d => d.VolumeId).FirstOrDefault(g => g.Count() > 1);
        if (volume is not null) throw Invalid($"volume {volume.Key} is given twice; a server attaches a volume once.");
    }
}
