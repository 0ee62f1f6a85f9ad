namespace Cumulet.ControlPlane.Layers;

/// <summary>
/// Keeps layers still while somebody reads a chain and opens it, or changes a head: any number at once. A merge, which
/// rewrites a layer's tables, has the layer only when nobody else does, and gives way: whoever comes breaks it off and
/// waits until it has let go. What was copied stays, the next attempt goes on from there.
/// </summary>
internal sealed class LayerGates
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, int> _users = [];
    private Merge? _merge;

    /// <summary>No merge changes these layers until the result is disposed.</summary>
    public async Task<IDisposable> Still(IReadOnlyList<Guid> layers, CancellationToken cancel)
    {
        Task ended;
        lock (_lock)
        {
            foreach (var layer in layers) _users[layer] = _users.GetValueOrDefault(layer) + 1;
            ended = _merge is { } merge && layers.Contains(merge.Layer) ? merge.GiveWay() : Task.CompletedTask;
        }
        var user = new User(this, layers);
        try
        {
            await ended.WaitAsync(cancel);
            return user;
        }
        catch
        {
            user.Dispose();
            throw;
        }
    }

    /// <summary>The layer for a merge, with what tells it to give way; null while somebody uses it or another merge runs.</summary>
    public Merge? TryMerge(Guid layer, CancellationToken cancel)
    {
        lock (_lock) return _merge is null && !_users.ContainsKey(layer) ? _merge = new Merge(this, layer, cancel) : null;
    }

    private void Leave(IReadOnlyList<Guid> layers)
    {
        lock (_lock)
            foreach (var layer in layers)
                if (--_users[layer] == 0) _users.Remove(layer);
    }

    private sealed class User(LayerGates gates, IReadOnlyList<Guid> layers) : IDisposable
    {
        private LayerGates? _gates = gates;

        public void Dispose() => Interlocked.Exchange(ref _gates, null)?.Leave(layers);
    }

    internal sealed class Merge(LayerGates gates, Guid layer, CancellationToken cancel) : IDisposable
    {
        private readonly CancellationTokenSource _broken = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Guid Layer => layer;
        public CancellationToken Broken => _broken.Token;

        // What waits for the token goes on elsewhere, not here under the lock.
        public Task GiveWay()
        {
            _ = _broken.CancelAsync();
            return _ended.Task;
        }

        public void Dispose()
        {
            lock (gates._lock) gates._merge = null;
            _ended.TrySetResult();
            _broken.Dispose();
        }
    }
}
