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

    /// <summary>Copies everything above <paramref name="baseLayer"/> (all when null) into the head: the layers between are free then.</summary>
    /// <remarks>After a lost connection ask <see cref="ResumeJobAsync"/>: the job and its result stay until dismissed.</remarks>
    public async Task StreamAsync(string job, DriveSpec drive, LayerSpec? baseLayer, long bytesPerSecond, CancellationToken cancellation)
    {
        using var changes = AwaitJob(job);
        var top = await TopAsync(drive.Id, cancellation);
        await Qmp.BlockStreamAsync(job, top, baseLayer is null ? null : drive.Node(baseLayer), bytesPerSecond, cancellation);
        await FinishJobAsync(job, changes, cancellation);
    }

    /// <summary>Writes the layers from <paramref name="top"/> down into <paramref name="baseLayer"/>, whose file is given anew, writable.</summary>
    /// <remarks>
    /// The head itself can go only into a layer that was the head in this process before (after <see cref="SnapshotAsync"/>):
    /// lower layers of the start are not locked, and a head must be.
    /// </remarks>
    /// <exception cref="ArgumentException">The head into a lower layer of the start, or a layer that is not in the chain.</exception>
    public async Task CommitAsync(
        string job, DriveSpec drive, LayerSpec top, LayerSpec baseLayer, long bytesPerSecond, CancellationToken cancellation)
    {
        using var changes = AwaitJob(job);
        var root = await TopAsync(drive.Id, cancellation);
        await AddWriteAccessAsync(drive, baseLayer, isHead: root == drive.Node(top), cancellation);
        await Qmp.BlockCommitAsync(job, root, drive.Node(top), drive.Node(baseLayer), bytesPerSecond, cancellation);
        await FinishJobAsync(job, changes, cancellation);
    }

    /// <summary>Takes up a job that an earlier connection started; false when there is none of that name.</summary>
    public async Task<bool> ResumeJobAsync(string job, CancellationToken cancellation)
    {
        using var changes = AwaitJob(job);
        if ((await Qmp.QueryJobsAsync(cancellation)).All(known => known.Id != job))
            return false;
        await FinishJobAsync(job, changes, cancellation);
        return true;
    }

    private EventWait AwaitJob(string job) => Await(e => e.Name == "JOB_STATUS_CHANGE" && e.Text("id") == job);

    /// <summary>Looks, acts, awaits the next change. The looking makes up for events that were lost.</summary>
    private async Task FinishJobAsync(string job, EventWait changes, CancellationToken cancellation)
    {
        for (var completing = false; ;)
        {
            var state = (await Qmp.QueryJobsAsync(cancellation)).FirstOrDefault(known => known.Id == job)
                ?? throw new BlockJobException(job, "it vanished without a result");
            switch (state.Status)
            {
                case "concluded":
                    await DismissAsync(job, cancellation);
                    if (state.Error is { } error)
                        throw new BlockJobException(job, error);
                    return;
                case "ready" when !completing:
                    completing = true;
                    await Qmp.JobCompleteAsync(job, cancellation);
                    break;
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
    private async Task AddWriteAccessAsync(DriveSpec drive, LayerSpec layer, bool isHead, CancellationToken cancellation)
    {
        var node = drive.Node(layer) + "-f";
        var file = (await Qmp.QueryNamedBlockNodesAsync(cancellation)).FirstOrDefault(known => known.Name == node)
            ?? throw new ArgumentException($"Layer '{layer.Name}' of {drive.Id} is not part of the running chain");
        // A former head is writable still; a second description of its file would quarrel with the first about the lock.
        if (!file.ReadOnly)
            return;
        if (isHead)
            throw new ArgumentException($"Layer '{layer.Name}' of {drive.Id} was not opened as a head: commit it while the server is off, or stream");
        using var handle = Launch.DescriptorOpening.Open(layer.Source, DescriptorAccess.ReadWrite);
        await Qmp.AddFdAsync(handle, int.Parse(file.File["/dev/fdset/".Length..], CultureInfo.InvariantCulture), FdOpaque(drive.Id, layer.Name), cancellation);
    }

    private async Task<string> TopAsync(string drive, CancellationToken cancellation) =>
        (await Qmp.QueryInsertedAsync(cancellation)).TryGetValue(drive, out var node)
            ? node.Name
            : throw new ArgumentException($"Drive '{drive}' is not attached to this server");
}
