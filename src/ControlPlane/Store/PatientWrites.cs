namespace Cumulet.ControlPlane.Store;

/// <summary>
/// For rows that follow what has happened already, and that nobody waits for: while the database is away or its disk is
/// full they wait too. What an answer depends on is written at once or refused.
/// </summary>
internal static class PatientWrites
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Ends when it is written; with <see cref="OperationCanceledException"/> when the cloud is stopping.</summary>
    public static Task WriteAtLast(this Database database, Action<Tx> body, TimeProvider time, CancellationToken stopping) =>
        AtLast(() => database.Write(body), time, stopping);

    /// <summary>The same for work that ends in a write; it may run again from its beginning.</summary>
    /// <param name="waits">Told why, and for how long, each time that it has to wait.</param>
    public static async Task AtLast(Func<Task> work, TimeProvider time, CancellationToken stopping, Action<Exception, TimeSpan>? waits = null)
    {
        for (var pause = TimeSpan.FromMilliseconds(100); ; pause = pause < LongestPause ? 2 * pause : LongestPause)
        {
            try
            {
                await work();
                return;
            }
            catch (Exception failure) when (IsPassing(failure))
            {
                waits?.Invoke(failure, pause);
                await Task.Delay(pause, time, stopping);
            }
        }
    }

    /// <summary>Whether the same work may succeed later, when the database or the pool is whole again.</summary>
    public static bool IsPassing(Exception failure) => IsOfStore(failure)
        || failure is Disks.DiskException { Fault: Disks.DiskFault.NoSpace or Disks.DiskFault.Unreachable };

    /// <summary>Whether the database is away or its disk is full.</summary>
    public static bool IsOfStore(Exception failure) => failure is StoreUnavailableException or StoreFullException;
}
