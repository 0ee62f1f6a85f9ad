using System.Globalization;
using Cumulet.Qemu.CommandLine;
using Cumulet.Qemu.Qmp;

namespace Cumulet.Qemu;

/// <summary>A background job ended badly.</summary>
public sealed class BlockJobException(string job, string error) : Exception($"the block job {job} failed: {error}");

/// <summary>Disks of the running guest: size, snapshots, merging of layers.</summary>
public sealed partial class RunningVm
{
    /// <summary>Each device's current top node (after snapshots that is no longer the one of its start).</summary>
    public async Task<IReadOnlyDictionary<string, BlockNode>> DisksAsync(CancellationToken cancellation) =>
        await Qmp.QueryInsertedAsync(cancellation);

    /// <summary>Grows a disk to <paramref name="bytes"/>; the guest sees the new capacity at once.</summary>
    public Task ResizeDriveAsync(string drive, long bytes, CancellationToken cancellation) =>
        ChangeDevicesAsync(async () =>
        {
            await BreakOffMergesAsync(drive, cancellation);
            await Qmp.BlockResizeAsync(await TopAsync(drive, cancellation), bytes, cancellation);
            return true;
        }, cancellation);

    /// <summary>
    /// Seals the heads of the drives and goes on in the overlays given, for all drives in the same instant. The overlays
    /// are fresh qcow2 files of the same virtual size; nothing in them is read for a backing name.
    /// </summary>
    public Task SnapshotAsync(IReadOnlyList<(DriveSpec Drive, LayerSpec Overlay)> snapshots, CancellationToken cancellation) =>
        ChangeDevicesAsync(async () =>
        {
            var made = new List<(string Overlay, int Set)>();
            try
            {
                var pairs = new List<(string, string)>();
                foreach (var (drive, overlay) in snapshots)
                {
                    if (overlay.Format is not LayerFormat.Qcow2)
                        throw new ArgumentException($"Overlay.Format of {drive.Id} is '{overlay.Format}': an overlay is qcow2");
                    await BreakOffMergesAsync(drive.Id, cancellation);
                    var top = await TopAsync(drive.Id, cancellation);
                    var (path, direct) = await PassFileAsync(drive, overlay, DescriptorAccess.ReadWrite, cancellation);
                    made.Add((drive.Node(overlay), int.Parse(path["/dev/fdset/".Length..], CultureInfo.InvariantCulture)));
                    await GiveSecretAsync(drive, overlay, cancellation);
                    await Qmp.BlockdevAddAsync(json => BlockGraph.WriteOverlay(json, drive, overlay, path, !direct, _options.Aio), cancellation);
                    pairs.Add((top, drive.Node(overlay)));
                }
                await Qmp.BlockdevSnapshotAsync(pairs, cancellation);
            }
            catch (Exception e) when (e is not QmpTimeoutException and not QmpClosedException)
            {
                foreach (var (node, set) in made)
                {
                    await TryDeleteNodeAsync(node, CancellationToken.None);
                    await Qmp.RemoveFdAsync(set, CancellationToken.None);
                }
                await SweepSecretsAsync(CancellationToken.None);
                throw;
            }
            return true;
        }, cancellation);

    private EventWait AwaitJob(string job) => Await(e => e.Name == "JOB_STATUS_CHANGE" && e.Text("id") == job);

    /// <summary>Looks, acts, awaits the next change. The looking makes up for events that were lost.</summary>
    private async Task FinishJobAsync(string job, EventWait changes, CancellationToken cancellation)
    {
        while (true)
        {
            var state = (await Qmp.QueryJobsAsync(cancellation)).FirstOrDefault(known => known.Id == job)
                ?? throw new BlockJobException(job, "it vanished without a result");
            if (state.Status == "concluded")
            {
                await DismissAsync(job, cancellation);
                if (state.Error is { } error)
                    throw new BlockJobException(job, error);
                return;
            }
            await changes.WithinAsync(TimeSpan.FromMinutes(1), cancellation);
        }
    }

    private async Task DismissAsync(string job, CancellationToken cancellation)
    {
        try
        {
            await Qmp.JobDismissAsync(job, cancellation);
        }
        catch (QmpCommandException)
        {
            // Another who waited for its end was first.
        }
    }

    /// <summary>A base was opened for reading; QEMU finds the writable descriptor in the same set when it reopens the file.</summary>
    private async Task AddWriteAccessAsync(DriveSpec drive, LayerSpec layer, CancellationToken cancellation)
    {
        var node = drive.Node(layer) + "-f";
        var file = (await Qmp.QueryNamedBlockNodesAsync(cancellation)).FirstOrDefault(known => known.Name == node)
            ?? throw new ArgumentException($"Layer '{layer.Name}' of {drive.Id} is not part of the running chain");
        // A former head is writable still; a second description of its file would quarrel with the first about the lock.
        if (!file.ReadOnly)
            return;
        using var handle = Launch.DescriptorOpening.Open(layer.Source, DescriptorAccess.ReadWrite);
        await Qmp.AddFdAsync(handle, int.Parse(file.File["/dev/fdset/".Length..], CultureInfo.InvariantCulture), FdOpaque(drive.Id, layer.Name), cancellation);
    }

    private async Task<string> TopAsync(string drive, CancellationToken cancellation) =>
        (await Qmp.QueryInsertedAsync(cancellation)).TryGetValue(drive, out var node)
            ? node.Name
            : throw new ArgumentException($"Drive '{drive}' is not attached to this server");
}
