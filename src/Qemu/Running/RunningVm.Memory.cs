using System.Globalization;
using Cumulet.Qemu.CommandLine;
using Cumulet.Qemu.Launch;
using Cumulet.Qemu.Qmp;

namespace Cumulet.Qemu;

/// <summary>Memory and devices could not be written or read; the machine runs no further because of it.</summary>
public sealed class MemoryException(string message) : Exception(message);

/// <summary>A guest's memory to a file and back (suspend to disk).</summary>
public sealed partial class RunningVm
{
    /// <summary>
    /// Stops the guest and writes its memory to the file. On return its disks are flushed and let go, and the process waits to be
    /// ended. Called again on a machine that has saved all: gives the places once more.
    /// </summary>
    /// <exception cref="MemoryException">The file is incomplete; <see cref="ContinueAsync"/> lets the guest go on.</exception>
    public Task<SavedPlaces> SaveAsync(string path, CancellationToken cancellation) => ChangeDevicesAsync(async () =>
    {
        var places = await PlacesAsync(cancellation);
        if (await StatusAsync(cancellation) == "postmigrate")
            return places;
        await Qmp.StopAsync(cancellation);
        File.Delete(path); // what an attempt before this one left
        await MoveAsync(path, DescriptorAccess.Append, Qmp.MigrateAsync, cancellation);
        return places;
    }, cancellation);

    /// <summary>Fills a machine that was launched with <see cref="VmSpec.Saved"/>; it stays paused.</summary>
    /// <exception cref="MemoryException">The file does not fit the machine.</exception>
    public async Task LoadAsync(string path, CancellationToken cancellation)
    {
        try
        {
            await MoveAsync(path, DescriptorAccess.Read, Qmp.MigrateIncomingAsync, cancellation);
        }
        catch (QmpClosedException)
        {
            throw new MemoryException("QEMU refused the saved memory and ended; its log says why");
        }
    }

    private async Task MoveAsync(
        string path, DescriptorAccess access, Func<string, CancellationToken, Task> move, CancellationToken cancellation)
    {
        const string name = "memory";
        using var ended = Await(e => e.Name == "MIGRATION" && e.Text("status") is "completed" or "failed" or "cancelled");
        await Qmp.TellMigrationAsync(cancellation);
        if (access is DescriptorAccess.Append)
            await Qmp.UnboundMigrationAsync(cancellation);
        await GiveAsync(new DescriptorSource.File(path), access, name, cancellation);
        await move(name, cancellation);
        if ((await ended.WithinAsync(Timeout.InfiniteTimeSpan, cancellation))?.Text("status") != "completed")
            throw new MemoryException(await Qmp.MigrationErrorAsync(cancellation));
    }

    private async Task<SavedPlaces> PlacesAsync(CancellationToken cancellation)
    {
        var plugged = await DevicesAsync(cancellation);
        var devices = new Dictionary<string, DevicePlace>();
        foreach (var (id, type) in plugged)
        {
            if (type is "pcie-root-port")
                continue;
            var path = $"/machine/peripheral/{id}";
            var bus = (await Qmp.QomGetAsync(path, "parent_bus", cancellation)).GetString()!;
            var name = bus[(bus.LastIndexOf('/') + 1)..];
            devices[id] = new DevicePlace(
                name,
                name.StartsWith("pci.", StringComparison.Ordinal) ? Address((await Qmp.QomGetAsync(path, "addr", cancellation)).GetInt32()) : null,
                type is "scsi-hd" or "scsi-cd" ? (await Qmp.QomGetAsync(path, "lun", cancellation)).GetInt32() : null);
        }
        var machine = (await Qmp.QomGetAsync("/machine", "type", cancellation)).GetString()!;
        return new SavedPlaces(machine[..^"-machine".Length], plugged.Count(device => device.Value == "pcie-root-port"), devices);
    }

    private static string Address(int devfn) => string.Create(CultureInfo.InvariantCulture, $"0x{devfn >> 3:x}.0x{devfn & 7:x}");
}
