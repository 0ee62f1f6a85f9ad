using System.Collections.Concurrent;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Store;
using Cumulet.Disks;

namespace Cumulet.ControlPlane.Images.Data;

/// <summary>
/// How an image gets its bytes, from a client, from staging or from a file of this machine:
///
///     queued ──claim──▶ saving ─▶ layer planned ─▶ bytes written, hashed, inspected ─▶ (converted) ──commit──▶ active
///        ▲                │ anything goes wrong, or the process ends: the layers are discarded
///        └────────────────┘
///
/// Only one taker gets past the claim. No lock is held while bytes flow; the commit at the end asks again whether the
/// image is still there and still this taker's.
/// </summary>
internal sealed class ImageIntake(CloudParts parts, LayersRoom layers)
{
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _running = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>The bytes as uploaded.</summary>
    public static LayerHolder Holder(string imageId) => new("image", imageId);

    /// <summary>The converted disk, where the upload itself is none that a guest can have.</summary>
    public static LayerHolder BootHolder(string imageId) => new("image-boot", imageId);

    /// <summary>400 where the image does not say yet what its bytes will be.</summary>
    public static void RequireFormats(ImageRecord image)
    {
        List<string> missing = [];
        if (image.DiskFormat is null) missing.Add("disk_format");
        if (image.ContainerFormat is null) missing.Add("container_format");
        if (missing is [var one]) throw Fault.BadRequest($"Property {one} must be set prior to saving data.");
        if (missing.Count > 1) throw Fault.BadRequest($"Properties {string.Join(", ", missing)} must be set prior to saving data.");
    }

    /// <summary>
    /// Takes the bytes of an image that was claimed (its row is in <paramref name="status"/>). When it throws, nothing of
    /// the bytes is left and the image is queued again, unless it was deleted.
    /// </summary>
    /// <param name="expected">Bytes announced, or null.</param>
    public async Task Take(ImageRecord image, string status, Stream bytes, long? expected, CancellationToken cancel)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancel, _stopping.Token);
        if (!_running.TryAdd(image.Id, running)) throw Fault.Conflict($"An upload to the image {image.Id} is still ending; try again.");
        var (layerId, bootId) = (Guid.NewGuid(), Guid.NewGuid());
        var done = false;
        try
        {
            var (format, opened) = await Opening.Read(image, bytes, running.Token);
            await Plan(image, status, new LayerPlan(layerId, LayerOrigin.Import, null, format, 0, Holder(image.Id)));
            var upload = await layers.Import(layerId, opened, expected, parts.Options.ImageSizeCap, running.Token);
            var boot = await Bootable(image, status, layerId, format, upload, bootId, running.Token);
            var data = new ImageData(upload.Size, upload.VirtualSize, upload.Md5, upload.Sha512, layerId, boot);
            done = await parts.Database.Write(tx => layers.HeldBy(tx, Holder(image.Id))?.Id == layerId
                && ImageStore.Activate(tx, image.Id, status, data, parts.Time.GetUtcNow()));
            if (!done) throw Gone(image.Id);
        }
        catch (DiskException refused)
        {
            throw AsFault(refused, expected);
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw _stopping.IsCancellationRequested
                ? Fault.Unavailable("The image service is being stopped; upload the image again when it is back.")
                : Gone(image.Id);
        }
        finally
        {
            if (done) _running.TryRemove(image.Id, out _);
            else await TakeBack(image.Id, status, layerId, bootId);
        }
    }

    /// <summary>The image is deleted: whoever fills it stops.</summary>
    public void BreakOff(string imageId)
    {
        if (!_running.TryGetValue(imageId, out var running)) return;
        try
        {
            running.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself in this moment.
        }
    }

    /// <summary>Whoever waits for an upload to end would wait long: all of them stop, and their images are queued again.</summary>
    public void BreakOffAll() => _stopping.Cancel();

    public CancellationToken Stopping => _stopping.Token;

    /// <summary>The images that are being filled at this moment.</summary>
    public IReadOnlyCollection<string> Running => [.. _running.Keys];

    private Task Plan(ImageRecord image, string status, LayerPlan plan) => parts.Database.Write(tx =>
    {
        if (!tx.Exists($"SELECT 1 FROM images WHERE id = {image.Id} AND status = {status}")) throw Gone(image.Id);
        layers.Plan(tx, plan);
    });

    // What disks are cloned from: the upload itself where a guest can read it, else a conversion; nothing where it is no disk.
    private async Task<Guid?> Bootable(ImageRecord image, string status, Guid layerId, DiskFormat format, LayerUpload upload, Guid bootId,
        CancellationToken cancel)
    {
        if (!DiskFormats.TryParse(image.DiskFormat!, out var declared) || declared != format || upload.VirtualSize == 0) return null;
        if (format.IsServable()) return layerId;
        await Plan(image, status, new LayerPlan(bootId, LayerOrigin.Copy, layerId, DiskFormat.Qcow2, upload.VirtualSize, BootHolder(image.Id)));
        await layers.Make(bootId, cancel);
        await layers.Seal(bootId, cancel);
        return bootId;
    }

    // Where database or pool are away just now, it is done behind the answer: nobody waits, and nothing stays.
    private async Task TakeBack(string imageId, string status, Guid layerId, Guid bootId)
    {
        try
        {
            await Once();
            _running.TryRemove(imageId, out _);
        }
        catch (Exception failure) when (PatientWrites.IsPassing(failure))
        {
            _ = PatientWrites.AtLast(Once, parts.Time, _stopping.Token)
                .ContinueWith(_ => _running.TryRemove(imageId, out var _), TaskScheduler.Default);
        }

        async Task Once()
        {
            await layers.Discard(bootId);
            await layers.Discard(layerId);
            await parts.Database.Write(tx => ImageStore.Requeue(tx, imageId, status, parts.Time.GetUtcNow()));
        }
    }

    private static Fault Gone(string id) => new(FaultKind.Gone,
        $"Image {id} could not be found after upload. The image may have been deleted during the upload, cleaning up the chunks uploaded.");

    private Fault AsFault(DiskException refused, long? expected) => refused.Fault switch
    {
        DiskFault.TooLarge when expected is { } bytes && bytes <= parts.Options.ImageSizeCap =>
            Fault.BadRequest($"Size mismatch: {refused.Message}"),
        DiskFault.TooLarge => Fault.TooLarge($"The incoming image is too large: {refused.Message}"),
        DiskFault.NoSpace => Fault.TooLarge($"Image storage media is full: {refused.Message}"),
        DiskFault.Unreachable => Fault.Unavailable($"Image storage media cannot be written: {refused.Message}"),
        DiskFault.Refused or DiskFault.Truncated or DiskFault.BadSize => Fault.BadRequest(refused.Message),
        DiskFault.ToolFailed => new Fault(FaultKind.BadRequest,
            "The image could not be converted into a disk; check the file, or upload it as raw or qcow2.", detail: refused.Message),
        _ => new Fault(FaultKind.ServerError, "The image could not be stored.", detail: refused.ToString()),
    };
}
