using Cumulet.Qemu.Qmp;

namespace Cumulet.Qemu;

/// <summary>Layers taken out of the running chain of a disk while the guest goes on.</summary>
public sealed partial class RunningVm
{
    // Whoever changes the disk otherwise breaks these off by their names.
    private static string MergesOf(string drive) => $"{drive}.merge.";

    /// <summary>
    /// Copies what <paramref name="taken"/> hold into the layer above them, which then stands on <paramref name="below"/>
    /// (null on nothing); the files of the taken layers are closed. A snapshot, a resize or an unplug of the disk breaks it off.
    /// </summary>
    /// <remarks>
    /// Idempotent: goes on with the job that an earlier connection started. When it is broken off, what was copied stays
    /// and the chain is as before.
    /// </remarks>
    /// <exception cref="ArgumentException">The running chain has no such layers.</exception>
    /// <exception cref="BlockJobException">It was broken off, or the disk failed.</exception>
    public async Task MergeAsync(
        DriveSpec drive, LayerSpec layer, IReadOnlyList<LayerSpec> taken, LayerSpec? below, long bytesPerSecond, CancellationToken cancellation)
    {
        var job = $"{MergesOf(drive.Id)}{layer.Name}.{below?.Name ?? "nothing"}";
        using (var changes = AwaitJob(job))
        {
            if (!(await Qmp.QueryJobsAsync(cancellation)).Any(known => known.Id == job))
                await BeginMergeAsync(job, drive, layer, below, bytesPerSecond, cancellation);
            try
            {
                await FinishJobAsync(job, changes, cancellation);
            }
            catch (OperationCanceledException)
            {
                await BreakOffAsync(job, CancellationToken.None);
                throw;
            }
        }
        await ChangeDevicesAsync(async () =>
        {
            // The job ends with tables in QEMU's memory that say where the copied data is; the files it came from are deleted next.
            await Qmp.FlushAsync(drive.Node(layer), cancellation);
            // A layer that was a head in this process has a name of its own there and does not go with its parent.
            foreach (var gone in taken) await TryDeleteNodeAsync(drive.Node(gone), cancellation);
            await SweepDescriptorsAsync(cancellation);
            return true;
        }, cancellation);
    }

    private Task BeginMergeAsync(
        string job, DriveSpec drive, LayerSpec layer, LayerSpec? below, long bytesPerSecond, CancellationToken cancellation) =>
        ChangeDevicesAsync(async () =>
        {
            if (await TopAsync(drive.Id, cancellation) != drive.Node(layer)) await AddWriteAccessAsync(drive, layer, cancellation);
            await Qmp.BlockStreamAsync(job, drive.Node(layer), below is null ? null : drive.Node(below), bytesPerSecond, cancellation);
            return true;
        }, cancellation);

    /// <summary>Before a disk is changed: a job keeps its nodes.</summary>
    private async Task BreakOffMergesAsync(string drive, CancellationToken cancellation)
    {
        foreach (var job in (await Qmp.QueryJobsAsync(cancellation)).Where(job => job.Id.StartsWith(MergesOf(drive), StringComparison.Ordinal)))
            await BreakOffAsync(job.Id, cancellation);
    }

    private async Task BreakOffAsync(string job, CancellationToken cancellation)
    {
        using var changes = AwaitJob(job);
        try
        {
            await Qmp.JobCancelAsync(job, cancellation);
        }
        catch (QmpCommandException)
        {
            // It has ended by itself.
        }
        try
        {
            await FinishJobAsync(job, changes, cancellation);
        }
        catch (BlockJobException)
        {
            // As it was told.
        }
    }
}
