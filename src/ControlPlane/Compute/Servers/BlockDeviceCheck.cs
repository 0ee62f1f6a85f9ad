using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>The disks a server will have, checked, without ids yet, and what is kept of the image behind its root.</summary>
/// <param name="Backing">The image of a local root disk; null where the server boots from a volume.</param>
internal sealed record CheckedDevices(ImageRecord? Backing, ServerImage Kept, List<ServerDisk> Disks);

/// <summary>Judges a block device mapping against images, volumes, snapshots and the flavor. Rule: nova/compute/api.py.</summary>
internal sealed class BlockDeviceCheck(ImagesRoom images, BlockStorageRoom volumes, Caller caller)
{
    public CheckedDevices Check(Tx tx, ServerRequest wanted, ServerFlavor flavor)
    {
        var asked = ImageMapping.Expand(wanted.Devices, id => images.Find(tx, caller, id));
        var root = asked.Single(d => d.BootIndex == 0);
        var backing = root is BlockDevice.LocalImage local ? RootImage(tx, local.ImageId, flavor) : null;
        var kept = backing is not null ? Keep(backing) : KeptOf(tx, root);
        GuestMachine.Require(backing is not null ? $"image {backing.Id}" : "the image of the volume to boot from", kept.Properties, flavor);
        var devices = WithImplied(asked, flavor);
        var disks = devices.Select(d => Row(tx, wanted, d, flavor)).ToList();
        Name(disks, kept);
        return new CheckedDevices(backing, kept, disks);
    }

    internal ImageRecord RootImage(Tx tx, string id, ServerFlavor flavor)
    {
        var image = images.Find(tx, caller, id) ?? throw Fault.BadRequest("Can not find requested image");
        if (!image.IsActive) throw Fault.BadRequest($"Image {id} is not active.");
        if (image.BootLayerId is null)
            throw Fault.BadRequest($"Image {id} is unacceptable: it has no disk to boot from (disk_format {image.DiskFormat}).");
        if (image.MinRamMib > flavor.RamMib) throw Fault.BadRequest("Flavor's memory is too small for requested image.");
        if (flavor.DiskGib == 0) return image;
        var disk = flavor.DiskGib << 30;
        var size = Math.Max(image.VirtualSizeBytes ?? 0, image.SizeBytes ?? 0);
        if (size > disk)
            throw Fault.BadRequest($"Flavor's disk is too small for requested image. Flavor disk is {disk} bytes, image is {size} bytes.");
        if (image.MinDiskGib << 30 > disk)
            throw Fault.BadRequest($"Flavor's disk is smaller than the minimum size specified in image metadata. Flavor disk is {disk} bytes, minimum size is {image.MinDiskGib << 30} bytes.");
        return image;
    }

    internal static ServerImage Keep(ImageRecord image) => new()
    {
        Name = image.Name,
        MinDiskGib = image.MinDiskGib,
        MinRamMib = image.MinRamMib,
        Properties = image.Properties.ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal),
    };

    // A volume remembers the image it was made from: the guest's devices follow that.
    private ServerImage KeptOf(Tx tx, BlockDevice root) => root switch
    {
        BlockDevice.VolumeFromImage from => images.Find(tx, caller, from.ImageId) is { } image ? Keep(image) : new ServerImage(),
        BlockDevice.ExistingVolume from => OfVolume(tx, from.VolumeId),
        BlockDevice.VolumeFromSnapshot from => volumes.FindSnapshot(tx, caller, from.SnapshotId) is { } snapshot ? OfVolume(tx, snapshot.VolumeId) : new ServerImage(),
        _ => new ServerImage(),
    };

    private ServerImage OfVolume(Tx tx, string volumeId) => KeptOf(volumes.ImageMetadata(tx, volumeId));

    /// <summary>What a server keeps of the image that its root volume was made from.</summary>
    internal static ServerImage KeptOf(IReadOnlyDictionary<string, string> metadata) => new()
    {
        Name = metadata.GetValueOrDefault("image_name"),
        Properties = metadata.ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal),
    };

    // The flavor's ephemeral disk and swap come unasked; asked for, they may not be larger than the flavor allows.
    private static List<BlockDevice> WithImplied(List<BlockDevice> asked, ServerFlavor flavor)
    {
        var ephemeral = asked.OfType<BlockDevice.Ephemeral>().ToList();
        if (ephemeral.Sum(d => d.SizeGib ?? flavor.EphemeralGib) > flavor.EphemeralGib)
            throw BlockDeviceReading.Invalid($"Ephemeral disks requested are larger than the instance type allows. The flavor {flavor.Name} has {flavor.EphemeralGib} GiB; if no size is given in one block device mapping, that is used.");
        var swap = asked.OfType<BlockDevice.Swap>().SingleOrDefault();
        if ((swap?.SizeMib ?? 0) > flavor.SwapMib || (swap is not null && flavor.SwapMib == 0))
            throw BlockDeviceReading.Invalid($"Swap drive requested is larger than instance type allows. The flavor {flavor.Name} has {flavor.SwapMib} MiB.");
        var rest = asked.Where(d => d.BootIndex != 0 && d is not (BlockDevice.Ephemeral or BlockDevice.Swap));
        return
        [
            asked.Single(d => d.BootIndex == 0),
            .. ephemeral.Count == 0 && flavor.EphemeralGib > 0 ? [new BlockDevice.Ephemeral(null) { DeleteOnTermination = true }] : ephemeral.Where(d => d.BootIndex != 0),
            .. swap is not null ? [swap] : flavor.SwapMib > 0 ? (BlockDevice[])[new BlockDevice.Swap(null) { DeleteOnTermination = true }] : [],
            .. rest,
        ];
    }

    private ServerDisk Row(Tx tx, ServerRequest wanted, BlockDevice device, ServerFlavor flavor)
    {
        var row = new ServerDisk
        {
            Id = "",
            ServerId = "",
            Position = 0,
            Role = DiskRole.Volume,
            Source = "",
            Destination = "volume",
            BootIndex = device.BootIndex,
            DeleteOnTermination = device.DeleteOnTermination,
            DiskBus = device.DiskBus,
            DeviceType = device.DeviceType ?? "disk",
            GuestFormat = device.GuestFormat,
            Tag = device.Tag,
            CreatedAt = default,
        };
        return device switch
        {
            BlockDevice.LocalImage d => row with { Role = DiskRole.Root, Source = "image", Destination = "local", ImageId = d.ImageId },
            BlockDevice.Ephemeral d => row with { Role = DiskRole.Ephemeral, Source = "blank", Destination = "local", SizeGib = d.SizeGib ?? flavor.EphemeralGib, DeleteOnTermination = true },
            BlockDevice.Swap d => row with { Role = DiskRole.Swap, Source = "blank", Destination = "local", SizeMib = d.SizeMib ?? flavor.SwapMib, GuestFormat = "swap", DeleteOnTermination = true },
            BlockDevice.VolumeFromImage d => row with { Source = "image", ImageId = d.ImageId, SizeGib = SizeFor(tx, d), VolumeType = d.VolumeType },
            BlockDevice.VolumeFromSnapshot d => row with { Source = "snapshot", SnapshotId = d.SnapshotId, SizeGib = SizeFor(tx, d), VolumeType = d.VolumeType },
            BlockDevice.BlankVolume d => row with { Source = "blank", SizeGib = d.SizeGib, VolumeType = d.VolumeType },
            BlockDevice.ExistingVolume d => row with { Source = "volume", VolumeId = d.VolumeId, SizeGib = Existing(tx, wanted, d).SizeGib },
            _ => throw new InvalidOperationException(),
        };
    }

    private long SizeFor(Tx tx, BlockDevice.VolumeFromImage device)
    {
        var image = images.Find(tx, caller, device.ImageId) ?? throw BlockDeviceReading.Invalid($"failed to get image {device.ImageId}.");
        if (!image.IsActive) throw Fault.BadRequest($"Image {device.ImageId} is not active.");
        if (device.SizeGib is not { } size)
            throw BlockDeviceReading.Invalid("Images with destination_type 'volume' need to have a non-zero size specified. Give volume_size in GiB.");
        var bytes = Math.Max(image.VirtualSizeBytes ?? 0, image.SizeBytes ?? 0);
        if (bytes > size << 30)
            throw Fault.BadRequest($"Volume is too small for requested image: volume_size is {size} GiB ({size << 30} bytes), the image's disk is {bytes} bytes. Give at least {(bytes + (1L << 30) - 1) >> 30}.");
        if (image.MinDiskGib > size)
            throw Fault.BadRequest($"Volume is smaller than the minimum size specified in image metadata. Volume size is {size << 30} bytes, minimum size is {image.MinDiskGib << 30} bytes.");
        return size;
    }

    private long SizeFor(Tx tx, BlockDevice.VolumeFromSnapshot device)
    {
        var snapshot = volumes.FindSnapshot(tx, caller, device.SnapshotId) ?? throw BlockDeviceReading.Invalid($"failed to get snapshot {device.SnapshotId}.");
        if (snapshot.Status != "available")
            throw BlockDeviceReading.Invalid($"snapshot {device.SnapshotId} is {snapshot.Status}; it must be available.");
        if (device.SizeGib is { } size && size < snapshot.SizeGib)
            throw BlockDeviceReading.Invalid($"volume_size {size} is smaller than snapshot {device.SnapshotId}, which has {snapshot.SizeGib} GiB; give at least that, or leave it out.");
        return device.SizeGib ?? snapshot.SizeGib;
    }

    private VolumeRecord Existing(Tx tx, ServerRequest wanted, BlockDevice.ExistingVolume device)
    {
        var volume = volumes.FindVolume(tx, caller, device.VolumeId) ?? throw BlockDeviceReading.Invalid($"failed to get volume {device.VolumeId}.");
        // Rule (nova/compute/api.py): who names an image beside the volume has said what it boots.
        if (device.BootIndex == 0 && !volume.Bootable && wanted.ImageId is null) throw Fault.BadRequest($"Block Device {device.VolumeId} is not bootable.");
        var free = volume.Status == VolumeStatus.Available || (volume.Multiattach && volume.Status == VolumeStatus.InUse);
        return free
            ? volume
            : throw Fault.BadRequest($"Block Device Mapping is Invalid: failed to get volume {device.VolumeId}: Invalid volume: volume '{device.VolumeId}' status must be 'available'. Currently in '{volume.Status}' status.");
    }

    private static void Name(List<ServerDisk> disks, ServerImage image)
    {
        var bus = image.Properties.GetValueOrDefault("hw_disk_bus", "virtio");
        var next = new Dictionary<string, int>();
        for (var i = 0; i < disks.Count; i++)
        {
            var own = disks[i].DiskBus ?? bus;
            var prefix = DeviceNames.PrefixOf(own);
            var letter = next[prefix] = next.GetValueOrDefault(prefix, -1) + 1;
            disks[i] = disks[i] with { Position = i, DiskBus = own, DeviceName = DeviceNames.Of(prefix, letter) };
        }
    }
}

/// <summary>Names of disks as Linux counts them; what a guest really calls them is its own business.</summary>
internal static class DeviceNames
{
    public static string PrefixOf(string bus) => bus switch { "virtio" => "vd", "ide" => "hd", _ => "sd" };

    public static string Of(string prefix, int index)
    {
        var letters = "";
        for (var i = index; i >= 0; i = i / 26 - 1) letters = (char)('a' + i % 26) + letters;
        return $"/dev/{prefix}{letters}";
    }

    /// <summary>The first name that no disk has.</summary>
    public static string Free(IEnumerable<string?> taken, string prefix)
    {
        var names = taken.ToHashSet();
        for (var i = 0; ; i++)
            if (!names.Contains(Of(prefix, i))) return Of(prefix, i);
    }
}
