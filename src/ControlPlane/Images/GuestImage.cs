using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Images.Data;
using Cumulet.ControlPlane.Store;
using Microsoft.Extensions.Logging;

namespace Cumulet.ControlPlane.Images;

/// <summary>
/// The image that a fresh cloud comes with. Its row is there at the first start; its bytes are taken in while the cloud
/// already answers. A start that was ended before is made up for by the next; an image that was deleted stays deleted.
/// </summary>
internal sealed partial class GuestImage(CloudParts parts, ImageIntake intake)
{
    private const string Id = "c1055e7e-0000-4000-8000-000000000001";
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _log = parts.Logging.CreateLogger("images");
    private Task _taking = Task.CompletedTask;
    private CountedStream? _bytes;
    private string? _failure;

    private string? File => parts.Options.GuestImagePath is { } path && System.IO.File.Exists(path) ? path : null;

    /// <summary>Takes the bytes in, where the image is there and has none yet.</summary>
    public void Start()
    {
        if (File is { } path) _taking = Task.Run(() => Take(path));
    }

    public async Task Stop()
    {
        await _stopping.CancelAsync();
        await _taking;
    }

    /// <summary>
    /// For whoever started the cloud and is about to use its image: answers when the bytes are in, or after a second with
    /// how far they are (202), or with the reason why the cloud has no image (404) or none that is active (500).
    /// </summary>
    public async Task<(int Status, string Text)> Progress(CancellationToken cancel)
    {
        await Task.WhenAny(_taking, Task.Delay(TimeSpan.FromSeconds(1), parts.Time, cancel));
        if (!_taking.IsCompleted)
            return (202, _bytes is { } bytes ? $"{bytes.Done >> 20} of {bytes.Total >> 20} MiB" : "");
        if (_failure is { } why) return (500, $"the image {parts.Options.GuestImagePath} could not be taken in: {why}");
        return parts.Database.Read(ImageStore.Any) ? (200, "") : (404, "the cloud has no image");
    }

    public async Task Register(string owner)
    {
        if (File is not { } path) return;
        await parts.Database.Write(tx => Insert(tx, owner, path));
    }

    private void Insert(Tx tx, string owner, string path)
    {
        if (ImageStore.Exists(tx, Id)) return;
        var now = parts.Time.GetUtcNow();
        ImageStore.Insert(tx, new ImageRecord
        {
            Id = Id,
            Name = "cumulet-linux",
            Status = ImageStatus.Queued,
            Visibility = "public",
            OwnerProjectId = owner,
            DiskFormat = path.EndsWith(".qcow2", StringComparison.OrdinalIgnoreCase) ? "qcow2" : "raw",
            ContainerFormat = "bare",
            CreatedAt = now,
            UpdatedAt = now,
            Properties = new Dictionary<string, string>
            {
                ["os_type"] = "linux",
                ["os_distro"] = "cumulet-linux",
                ["hw_rng_model"] = "virtio",
                ["hw_disk_bus"] = "virtio",
                ["hw_vif_model"] = "virtio",
            },
        });
    }

    private Task<ImageRecord?> Claim() => parts.Database.Write(tx =>
        ImageStore.SetStatus(tx, Id, ImageStatus.Queued, ImageStatus.Saving, parts.Time.GetUtcNow()) ? ImageStore.FindAny(tx, Id) : null);

    private async Task Take(string path)
    {
        try
        {
            if (await Claim() is not { } image) return;
            await using var bytes = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
            _bytes = new CountedStream(bytes, bytes.Length);
            await intake.Take(image, ImageStatus.Saving, _bytes, _bytes.Total, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The next start finds it queued.
        }
        catch (Exception failure) when (failure is Fault or IOException or UnauthorizedAccessException)
        {
            _failure = failure.Message;
            LogNotTaken(failure, path);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the guest image {path} could not be taken in; the next start tries again")]
    private partial void LogNotTaken(Exception failure, string path);

    private sealed class CountedStream(Stream bytes, long total) : ForwardStream
    {
        private long _done;

        public long Done => Interlocked.Read(ref _done);
        public long Total => total;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await bytes.ReadAsync(buffer, cancellationToken);
            Interlocked.Add(ref _done, read);
            return read;
        }
    }
}
