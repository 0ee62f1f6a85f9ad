using System.Collections.Concurrent;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Images.Data;
using Cumulet.ControlPlane.Images.Tasks;
using Cumulet.ControlPlane.Store;
using Cumulet.Disks;
using Microsoft.Extensions.Logging;

namespace Cumulet.ControlPlane.Images.Imports;

/// <summary>Runs the imports that were asked for, a few at a time.</summary>
internal sealed partial class ImportRunner(CloudParts parts, ImageIntake intake, StagingArea staging)
{
    private const int MaxAtOnce = 4;
    private readonly SemaphoreSlim _places = new(MaxAtOnce);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, Task> _running = new(StringComparer.Ordinal);
    private readonly ILogger _log = parts.Logging.CreateLogger("images");

    /// <param name="source">Where to fetch the bytes; null takes the staged ones.</param>
    public void Start(string imageId, string taskId, Uri? source) =>
        _running[taskId] = Task.Run(async () =>
        {
            try
            {
                await Run(imageId, taskId, source);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                // The next start queues the image again.
            }
            catch (Exception failure)
            {
                LogLost(failure, imageId);
            }
            finally
            {
                _running.TryRemove(taskId, out _);
            }
        });

    /// <summary>Breaks off what runs; the next start queues those images again.</summary>
    public async Task Stop()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running.Values);
    }

    private async Task Run(string imageId, string taskId, Uri? source)
    {
        await _places.WaitAsync(_stopping.Token);
        try
        {
            var message = await Import(imageId, taskId, source);
            // Only now: until the bytes are in, the staged ones are what is left of them.
            staging.Remove(imageId);
            await Write(tx =>
            {
                var now = parts.Time.GetUtcNow();
                ImageTasks.End(tx, taskId, message, now);
                if (!ImageStore.Exists(tx, imageId)) return;
                ImageStore.SetProperty(tx, imageId, "os_glance_importing_to_stores", "");
                if (message is not null) ImageStore.SetProperty(tx, imageId, "os_glance_failed_import", ImageJson.Store);
            });
        }
        finally
        {
            _places.Release();
        }
    }

    private Task Write(Action<Tx> body) => parts.Database.WriteAtLast(body, parts.Time, _stopping.Token);

    // Null when it went well, else what the user is told.
    private async Task<string?> Import(string imageId, string taskId, Uri? source)
    {
        await Write(tx => ImageTasks.SetStatus(tx, taskId, "processing", parts.Time.GetUtcNow()));
        if (parts.Database.Read(tx => ImageStore.FindAny(tx, imageId)) is not { } image) return "The image was deleted.";
        try
        {
            await using var bytes = source is null
                ? staging.Open(imageId)
                : await WebSource.Open(source, parts.Options.AllowLocalWebDownload, _stopping.Token);
            await intake.Take(image, ImageStatus.Importing, bytes, image.SizeBytes, _stopping.Token);
            return null;
        }
        catch (Exception failure) when (failure is Fault or IOException or HttpRequestException || PatientWrites.IsPassing(failure))
        {
            LogFailed(failure, imageId);
            await Write(tx => ImageStore.Requeue(tx, imageId, ImageStatus.Importing, parts.Time.GetUtcNow()));
            return failure is Fault or DiskException ? failure.Message : "The bytes could not be read; the daemon's log has the cause.";
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the import of image {image} failed")]
    private partial void LogFailed(Exception failure, string image);

    [LoggerMessage(Level = LogLevel.Error, Message = "the import of image {image} ended without a result; the next start queues it again")]
    private partial void LogLost(Exception failure, string image);
}
