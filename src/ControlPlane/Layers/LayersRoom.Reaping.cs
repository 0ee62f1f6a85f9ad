using System.Collections.Concurrent;
using System.Threading.Channels;
using Cumulet.ControlPlane.Store;
using Microsoft.Extensions.Logging;

namespace Cumulet.ControlPlane.Layers;

/// <summary>What removes the files of layers that nobody needs any more, and of those that a crash left behind.</summary>
public sealed partial class LayersRoom
{
    private static readonly TimeSpan ReapAgain = TimeSpan.FromSeconds(30);
    /// <summary>Where only the database or the disk was away for a moment.</summary>
    private static readonly TimeSpan ReapSoon = TimeSpan.FromSeconds(1);

    /// <summary>What the reaper has been told of and has not removed yet, and why where it tried.</summary>
    private readonly ConcurrentDictionary<Guid, string> _unreaped = new();
    private readonly Channel<Guid> _retired = Channel.CreateUnbounded<Guid>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _reaper;

    private void ToReaper(Guid id)
    {
        _unreaped[id] = "";
        _retired.Writer.TryWrite(id);
    }

    private void Recover()
    {
        var (known, retired) = _parts.Database.Read(tx => (LayerStore.AllIds(tx), LayerStore.InState(tx, LayerState.Deleting)));
        var found = _pool.Recover(known);
        foreach (var orphan in found.Orphans) ToReaper(orphan.Id);
        foreach (var layer in retired) ToReaper(layer.Id);
        if (found.Orphans.Count > 0) LogOrphans(found.Orphans.Count);
    }

    private async Task Reap()
    {
        await foreach (var id in _retired.Reader.ReadAllAsync())
        {
            try
            {
                await RemoveFile(id);
                await _parts.Database.Write(tx =>
                {
                    var layer = LayerStore.Find(tx, id);
                    LayerStore.Delete(tx, id);
                    ForgetKeyOf(tx, layer);
                    if (layer?.ParentId is { } below) Retire(tx, below);
                });
                _unreaped.TryRemove(id, out _);
            }
            catch (Exception failure)
            {
                _unreaped[id] = failure.Message;
                // The row stays in "deleting", and the audit names it until it is gone.
                var pause = PatientWrites.IsPassing(failure) ? ReapSoon : ReapAgain;
                LogNotToReaper(failure, id, pause.TotalSeconds);
                _ = ReapLater(id, pause);
            }
        }
    }

    // A merge into it is broken off first: it would find itself without files.
    private async Task RemoveFile(Guid id)
    {
        using var still = await _gates.Still([id], CancellationToken.None);
        await _pool.DeleteAsync(id, CancellationToken.None);
    }

    private async Task ReapLater(Guid id, TimeSpan pause)
    {
        await Task.Delay(pause, _parts.Time);
        _retired.Writer.TryWrite(id);
    }

    /// <summary>Lets the reaper finish what is queued.</summary>
    public async Task Stop()
    {
        await _merger.Stop();
        _retired.Writer.TryComplete();
        await _reaper;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{count} files that no row knows are removed")]
    private partial void LogOrphans(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "layer {id} could not be removed; again in {seconds} s")]
    private partial void LogNotToReaper(Exception failure, Guid id, double seconds);
}
