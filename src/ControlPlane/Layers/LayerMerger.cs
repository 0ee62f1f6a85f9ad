using System.Threading.Channels;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;
using Microsoft.Extensions.Logging;

namespace Cumulet.ControlPlane.Layers;

/// <summary>
/// Keeps chains short and gives the space of what was deleted back, in the background, one merge at a time. It takes no
/// input: told that something changed, it looks at all rows. A merge that could not be done, because the layer was in use
/// or a guest said no, is tried again later.
/// </summary>
internal sealed partial class LayerMerger(CloudParts parts, MergeLayer saga, ILogger log)
{
    /// <summary>Layers that a chain has at most, its head included, once the merger has caught up.</summary>
    public const int MaxDepth = 16;

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    private readonly Channel<bool> _poked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<Guid, (DateTimeOffset Due, TimeSpan Wait)> _postponed = [];
    private Task _running = Task.CompletedTask;
    private long _done;

    public void Begin()
    {
        _running = Task.Run(Run);
        Poke();
    }

    public void Poke() => _poked.Writer.TryWrite(true);

    public async Task Stop()
    {
        await _stopping.CancelAsync();
        await _running;
    }

    /// <summary>For people: how many merges are wanted, wait for another try, and were done since the start.</summary>
    public string Summary(Tx tx)
    {
        int postponed;
        lock (_postponed) postponed = _postponed.Count;
        return $"{Wanted(tx).Count} to merge, {postponed} of them postponed, {Interlocked.Read(ref _done)} merged since the start";
    }

    private async Task Run()
    {
        try
        {
            while (true)
            {
                while (Next() is { } merge) await Do(merge);
                await Poked();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The daemon stops; what runs is a saga and goes on at the next start.
        }
    }

    private async Task Do(MergeLayerState merge)
    {
        try
        {
            var id = "";
            await parts.Database.Write(tx => { id = saga.Begin(tx, parts.Sagas, merge); });
            await parts.Sagas.WhenDone(id).WaitAsync(_stopping.Token);
            lock (_postponed) _postponed.Remove(merge.Layer);
            Interlocked.Increment(ref _done);
        }
        catch (Exception failure) when (failure is SagaFailedException || PatientWrites.IsOfStore(failure))
        {
            var wait = FirstWait;
            lock (_postponed)
            {
                if (_postponed.TryGetValue(merge.Layer, out var before)) wait = TimeSpan.FromTicks(Math.Min(2 * before.Wait.Ticks, LongestWait.Ticks));
                _postponed[merge.Layer] = (parts.Time.GetUtcNow() + wait, wait);
            }
            LogPostponed(merge.Layer, failure.Message, wait.TotalSeconds);
        }
    }

    private MergeLayerState? Next()
    {
        try
        {
            var now = parts.Time.GetUtcNow();
            var wanted = parts.Database.Read(Wanted);
            lock (_postponed)
            {
                foreach (var gone in _postponed.Keys.Except(wanted.Select(w => w.Layer)).ToList()) _postponed.Remove(gone);
                return wanted.Find(w => !_postponed.TryGetValue(w.Layer, out var later) || later.Due <= now);
            }
        }
        catch (Exception failure) when (PatientWrites.IsOfStore(failure))
        {
            // Looked at again a while later, though nobody pokes.
            _ = Task.Delay(FirstWait, parts.Time, _stopping.Token).ContinueWith(_ => Poke(), TaskContinuationOptions.OnlyOnRanToCompletion);
            return null;
        }
    }

    /// <summary>The merges that rows ask for, in this order: what nobody holds and one layer stands on, then chains that are too long.</summary>
    private static List<MergeLayerState> Wanted(Tx tx) =>
    [
        .. LayerStore.OverUnused(tx).Select(pair => new MergeLayerState(pair.Layer, pair.Below)),
        .. LayerStore.AtDepth(tx, MaxDepth + 1).Select(layer => new MergeLayerState(layer, LayerStore.Chain(tx, layer)[^1].Id)),
    ];

    private async Task Poked()
    {
        TimeSpan? wait;
        lock (_postponed) wait = _postponed.Count == 0 ? null : _postponed.Values.Min(p => p.Due) - parts.Time.GetUtcNow();
        using var timer = wait is { } left
            ? new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1), parts.Time)
            : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, _stopping.Token);
        try
        {
            await _poked.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            // It is time to try again what was postponed.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "layer {layer} is not merged now: {why}; again in {seconds} s")]
    private partial void LogPostponed(Guid layer, string why, double seconds);
}
