using System.Globalization;
using Cumulet.Qemu.CommandLine;
using Cumulet.Qemu.Launch;
using Cumulet.Qemu.Qmp;

namespace Cumulet.Qemu;

/// <summary>The guest did not let go of a device. It is still plugged and in use; asking again is allowed.</summary>
public sealed class UnplugRefusedException(string device, string why)
    : Exception($"the guest did not release {device}: {why}; it stays attached");

/// <summary>No room for a device: name of the machine's limit and what to do.</summary>
public sealed class NoFreePortException(string device)
    : Exception($"no free PCIe port for {device}: unplug something, or raise HotplugPorts and start the server anew");

/// <summary>How long and how often a guest is asked to release a device.</summary>
/// <param name="Attempt">Time for each attempt.</param>
public sealed record UnplugPatience(int Attempts, TimeSpan Attempt)
{
    /// <summary>As Nova: 8 times 20 s.</summary>
    public static UnplugPatience Default { get; } = new(8, TimeSpan.FromSeconds(20));
}

/// <summary>Hot-plug and unplug of disks and nics. What fails halfway is taken back.</summary>
public sealed partial class RunningVm
{
    /// <summary>Plugs a disk: descriptors in, block nodes, device. Its descriptors are closed here when passed.</summary>
    public Task PlugDriveAsync(DriveSpec drive, CancellationToken cancellation)
    {
        SpecCheck.Check(drive);
        if (drive.Bus is DriveBus.Ide)
            throw new ArgumentException($"Drive.Bus of {drive.Id} is 'Ide': only virtio and scsi disks can be plugged into a running server");
        return ChangeDevicesAsync(async () =>
        {
            await RequireFreeAsync(drive.Id, cancellation);
            try
            {
                var port = drive.Bus is DriveBus.Virtio ? await FreePortAsync(drive.Id, cancellation) : null;
                await AddChainAsync(drive, cancellation);
                await Qmp.DeviceAddAsync(json => DeviceProperties.WriteDrive(json, drive, Place(port)), cancellation);
            }
            catch
            {
                await RemoveBackendAsync(drive.Id, CancellationToken.None);
                throw;
            }
            return true;
        }, cancellation);
    }

    /// <summary>Unplugs a disk: device, event, block nodes, descriptors. On return no block node of it is left.</summary>
    /// <remarks>
    /// Idempotent: goes on where an earlier call or daemon stopped. The locks are released on return; QEMU before 9.1
    /// keeps the bare descriptor of a disk taken from a paused guest until <see cref="ContinueAsync"/>.
    /// </remarks>
    /// <exception cref="UnplugRefusedException">Patience ran out or the guest said no.</exception>
    public Task UnplugDriveAsync(string drive, UnplugPatience patience, CancellationToken cancellation) =>
        ChangeDevicesAsync(async () =>
        {
            await BreakOffMergesAsync(drive, cancellation);
            await ReleaseAsync(drive, patience, cancellation);
            // QEMU says DEVICE_DELETED before it drops the device's last reference (RCU) and has no event for that; it is
            // a matter of milliseconds.
            for (var pause = TimeSpan.FromMilliseconds(5); !await RemoveBackendAsync(drive, cancellation); pause *= 2)
            {
                if (pause > TimeSpan.FromSeconds(2))
                    throw new UnplugRefusedException(drive, "its block node is still in use");
                await Task.Delay(pause, _time, cancellation);
            }
            return true;
        }, cancellation);

    /// <summary>Plugs a nic on the tap given; the tap's descriptor is closed here when passed.</summary>
    public Task PlugNicAsync(NicSpec nic, CancellationToken cancellation)
    {
        SpecCheck.Check(nic);
        return ChangeDevicesAsync(async () =>
        {
            await RequireFreeAsync(nic.Id, cancellation);
            var port = await FreePortAsync(nic.Id, cancellation);
            var (tap, vhost) = ($"{nic.Id}-tap", nic.Vhost is null ? null : $"{nic.Id}-vhost");
            await GiveAsync(nic.Tap, DescriptorAccess.Given, tap, cancellation);
            if (vhost is not null)
                await GiveAsync(nic.Vhost!, DescriptorAccess.ReadWrite, vhost, cancellation);
            await Qmp.NetdevAddAsync(json => DeviceProperties.WriteNetdev(json, nic, tap, vhost), cancellation);
            try
            {
                await Qmp.DeviceAddAsync(json => DeviceProperties.WriteNic(json, nic, Place(port)), cancellation);
            }
            catch
            {
                await Qmp.NetdevDelAsync(nic.Id, CancellationToken.None);
                throw;
            }
            return true;
        }, cancellation);
    }

    /// <summary>Unplugs a nic and lets go of its tap. Idempotent.</summary>
    /// <exception cref="UnplugRefusedException">Patience ran out or the guest said no.</exception>
    public Task UnplugNicAsync(string nic, UnplugPatience patience, CancellationToken cancellation) =>
        ChangeDevicesAsync(async () =>
        {
            await ReleaseAsync(nic, patience, cancellation);
            try
            {
                await Qmp.NetdevDelAsync(nic, cancellation);
            }
            catch (QmpCommandException e) when (e.ErrorClass == "DeviceNotFound" || e.Description.Contains("not found", StringComparison.Ordinal))
            {
                // An earlier call came this far.
            }
            return true;
        }, cancellation);

    private static DevicePlace? Place(string? port) => port is null ? null : new DevicePlace(port, null, null);

    // Taking back a failed plug must never touch a device that was there before.
    private async Task RequireFreeAsync(string device, CancellationToken cancellation)
    {
        if ((await DevicesAsync(cancellation)).ContainsKey(device))
            throw new ArgumentException($"Id '{device}' is attached already: unplug it first or use another id");
    }

    private async Task GiveAsync(DescriptorSource source, DescriptorAccess access, string name, CancellationToken cancellation)
    {
        using var handle = DescriptorOpening.Open(source, access);
        await Qmp.GetFdAsync(handle, name, cancellation);
    }

    private async Task AddChainAsync(DriveSpec drive, CancellationToken cancellation)
    {
        var (files, buffered) = (new Dictionary<string, string>(), new HashSet<string>());
        for (var i = 0; i < drive.Layers.Count; i++)
        {
            var node = drive.Node(drive.Layers[i]);
            (files[node], var direct) = await PassFileAsync(drive, drive.Layers[i], DescriptorLayout.Access(drive, i), cancellation);
            if (!direct)
                buffered.Add(node);
            await GiveSecretAsync(drive, drive.Layers[i], cancellation);
        }
        await Qmp.BlockdevAddAsync(json => BlockGraph.WriteChain(json, drive, node => files[node], buffered.Contains, _options.Aio), cancellation);
    }

    private async Task<(string Path, bool Direct)> PassFileAsync(
        DriveSpec drive, LayerSpec layer, DescriptorAccess access, CancellationToken cancellation)
    {
        using var handle = DescriptorOpening.Open(layer.Source, access);
        var direct = DescriptorOpening.TakesDirect(handle);
        var set = await Qmp.AddFdAsync(handle, null, FdOpaque(drive.Id, layer.Name), cancellation);
        return ($"/dev/fdset/{set}", direct);
    }

    private async Task GiveSecretAsync(DriveSpec drive, LayerSpec layer, CancellationToken cancellation)
    {
        if (layer.Secret is not { } secret)
            return;
        var id = DriveSpec.SecretOf(drive.Node(layer));
        // Left by a daemon that died before it had added the node.
        if ((await Qmp.QuerySecretsAsync(cancellation)).Contains(id))
            await Qmp.DeleteObjectAsync(id, cancellation);
        await Qmp.AddSecretAsync(id, secret, cancellation);
    }

    /// <summary>Forgets the secrets of block nodes that are gone.</summary>
    private async Task SweepSecretsAsync(CancellationToken cancellation)
    {
        var secrets = await Qmp.QuerySecretsAsync(cancellation);
        if (secrets.Count == 0)
            return;
        var used = (await Qmp.QueryNamedBlockNodesAsync(cancellation)).Select(node => DriveSpec.SecretOf(node.Name)).ToHashSet();
        foreach (var gone in secrets.Where(secret => !used.Contains(secret)))
            await Qmp.DeleteObjectAsync(gone, cancellation);
    }

    private static string FdOpaque(string drive, string layer) => $"{drive}.{layer}";

    // The cold-plugged sets carry the drive's id alone.
    private static bool BelongsTo(string name, string drive) => name == drive || name.StartsWith(drive + ".", StringComparison.Ordinal);

    /// <summary>device_del until DEVICE_DELETED; the events of a lost connection are made up for by looking at the tree.</summary>
    private async Task ReleaseAsync(string device, UnplugPatience patience, CancellationToken cancellation)
    {
        var why = $"no answer within {patience.Attempts} x {patience.Attempt.TotalSeconds:0.###} s";
        using var outcome = Await(e => e.Name is "DEVICE_DELETED" or "DEVICE_UNPLUG_GUEST_ERROR" && e.Text("device") == device);
        for (var attempt = 0; attempt < patience.Attempts; attempt++)
        {
            if (!(await DevicesAsync(cancellation)).ContainsKey(device))
                return;
            try
            {
                await Qmp.DeviceDelAsync(device, cancellation);
            }
            catch (QmpCommandException e) when (e.Description.Contains("in the process of unplug", StringComparison.Ordinal))
            {
                // Asked before; the event is still to come.
            }
            catch (QmpCommandException e) when (e.ErrorClass == "DeviceNotFound")
            {
                return;
            }
            switch ((await outcome.WithinAsync(patience.Attempt, cancellation))?.Name)
            {
                case "DEVICE_DELETED":
                    return;
                case "DEVICE_UNPLUG_GUEST_ERROR":
                    why = "it reported an error";
                    break;
            }
        }
        if ((await DevicesAsync(cancellation)).ContainsKey(device))
            throw new UnplugRefusedException(device, why);
    }

    /// <summary>Removes the nodes and descriptor sets of a drive that no device uses any more; false when one is in use.</summary>
    private async Task<bool> RemoveBackendAsync(string drive, CancellationToken cancellation)
    {
        // Overlays hold what is below them: each round frees the next one. Inline children go with their parent.
        for (var removed = true; removed;)
        {
            removed = false;
            foreach (var node in (await Qmp.QueryNamedBlockNodesAsync(cancellation)).Where(node => BelongsTo(node.Name, drive)))
                removed |= await TryDeleteNodeAsync(node.Name, cancellation);
        }
        if ((await Qmp.QueryNamedBlockNodesAsync(cancellation)).Any(node => BelongsTo(node.Name, drive)))
            return false;
        foreach (var (set, opaque) in await Qmp.QueryFdsetsAsync(cancellation))
        {
            if (BelongsTo(opaque, drive))
                await Qmp.RemoveFdAsync(set, cancellation);
        }
        await SweepSecretsAsync(cancellation);
        return true;
    }

    private async Task<bool> TryDeleteNodeAsync(string node, CancellationToken cancellation)
    {
        try
        {
            await Qmp.BlockdevDelAsync(node, cancellation);
            return true;
        }
        catch (QmpCommandException)
        {
            return false; // in use, a child of another, or gone with one; the callers look at what is left
        }
    }

    /// <summary>A root port without a device; null where the machine picks a slot itself (pc).</summary>
    /// <remarks>By the object tree: query-pci sees nothing behind a port before firmware has numbered the buses.</remarks>
    private async Task<string?> FreePortAsync(string device, CancellationToken cancellation)
    {
        var plugged = await DevicesAsync(cancellation);
        var ports = plugged.Where(child => child.Value == "pcie-root-port").Select(child => child.Key).ToList();
        if (ports.Count == 0)
            return null;
        var taken = new HashSet<string>();
        foreach (var (id, type) in plugged)
        {
            if (type != "pcie-root-port" && (await Qmp.QomGetAsync($"/machine/peripheral/{id}", "parent_bus", cancellation)).GetString() is { } bus)
                taken.Add(bus[(bus.LastIndexOf('/') + 1)..]);
        }
        return ports.Where(port => !taken.Contains(port)).OrderBy(port => int.Parse(port["rp".Length..], CultureInfo.InvariantCulture)).FirstOrDefault()
            ?? throw new NoFreePortException(device);
    }

    /// <summary>Closes descriptors of disks that are gone.</summary>
    /// <remarks>
    /// QEMU before 9.1 closes removed descriptors only while the guest runs: what was unplugged from a paused guest is
    /// closed here when it goes on. Also heals what a daemon left that died between add-fd and blockdev-add.
    /// </remarks>
    private async Task SweepDescriptorsAsync(CancellationToken cancellation)
    {
        var used = (await Qmp.QueryNamedBlockNodesAsync(cancellation)).Select(node => node.File).ToHashSet();
        foreach (var (set, opaque) in await Qmp.QueryFdsetsAsync(cancellation))
        {
            if (opaque is not ("console" or "firmware") && !used.Contains($"/dev/fdset/{set}"))
                await Qmp.RemoveFdAsync(set, cancellation);
        }
        await SweepSecretsAsync(cancellation);
    }
}
