using Cumulet.ControlPlane.Images.Data;

namespace Cumulet.ControlPlane.BlockStorage.Backups.Target.S3;

internal sealed partial class S3Client
{
    private async Task<T> Try<T>(TimeSpan patience, Func<Quiet, Task<T>> attempt, CancellationToken cancel)
    {
        var begin = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            using var quiet = new Quiet(cancel);
            try
            {
                return await attempt(quiet);
            }
            catch (Exception failure) when (!cancel.IsCancellationRequested && IsOfTheStore(failure))
            {
                if (failure is S3Failure { IsPassing: false } || time.GetElapsedTime(begin) + pause > patience) throw Told(failure);
            }
            // Those who were turned away together do not come back together.
            await Task.Delay(pause * (0.5 + Random.Shared.NextDouble() / 2), time, cancel);
        }
    }

    private static bool IsOfTheStore(Exception failure) =>
        failure is S3Failure or HttpRequestException or IOException or OperationCanceledException;

    private static BackupTargetException Told(Exception failure) => failure switch
    {
        S3Failure answer => answer.Told(),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            new("the backup target speaks no TLS, or shows a certificate that is not trusted here", failure),
        _ => new("the backup target does not answer", failure),
    };

    /// <summary>Ends an attempt on which nothing has moved for a while.</summary>
    private sealed class Quiet : IDisposable
    {
        private readonly CancellationTokenSource _end;

        public Quiet(CancellationToken cancel)
        {
            _end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            Moves();
        }

        public CancellationToken Token => _end.Token;

        public void Moves() => _end.CancelAfter(SilenceTime);

        public void Dispose() => _end.Dispose();
    }

    private sealed class WatchedStream(Stream inner, Action moves) : ForwardStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            moves();
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
