using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity;

/// <summary>
/// Every write of this room goes through here. The generation moves on with each one that is durable, and with it all
/// remembered token checks are void: what a token may do is never older than the last acknowledged change.
/// </summary>
internal sealed class IdentityChanges(Database database)
{
    private long _generation;

    public long Generation => Interlocked.Read(ref _generation);

    public Task<T> Write<T>(Func<Tx, T> body) => database.Write(tx =>
    {
        tx.AfterCommit(() => Interlocked.Increment(ref _generation));
        return body(tx);
    });

    public Task Write(Action<Tx> body) => Write(tx =>
    {
        body(tx);
        return true;
    });
}
