using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Images.Data;
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

    /// <param name="ownerProjectId">The project it is made for at a first start; null at any other.</param>
    public async Task Start(string? ownerProjectId)
    {
        if (parts.Options.GuestImagePath is not { } path || !File.Exists(path)) return;
        if (ownerProjectId is not null) await Register(ownerProjectId, path);
        var image = await parts.Database.Write(tx =>
        {
            var found = ImageStore.FindAny(tx, Id);
            return found is { Status: ImageStatus.Queued } && ImageStore.SetStatus(tx, Id, ImageStatus.Queued, ImageStatus.Saving, parts.Time.GetUtcNow())
                ? found
                : null;
        });
        if (image is not null) _taking = Task.Run(() => Take(image, path));
    }

    public async Task Stop()
    {
        await _stopping.CancelAsync();
        await _taking;
    }

    private Task Register(string owner, string path) => parts.Database.Write(tx =>
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
    });

    private async Task Take(ImageRecord image, string path)
    {
        try
        {
            await using var bytes = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
            await intake.Take(image, ImageStatus.Saving, bytes, bytes.Length, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The next start finds it queued.
        }
        catch (Exception failure) when (failure is Fault or IOException or UnauthorizedAccessException)
        {
            LogNotTaken(failure, path);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the guest image {path} could not be taken in; the next start tries again")]
    private partial void LogNotTaken(Exception failure, string path);
}
