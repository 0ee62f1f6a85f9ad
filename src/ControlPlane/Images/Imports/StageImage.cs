using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Images.Data;
using Cumulet.ControlPlane.Store;
using Cumulet.Disks;
using Microsoft.AspNetCore.Http;

namespace Cumulet.ControlPlane.Images.Imports;

/// <summary>PUT /v2/images/{id}/stage: bytes that an import takes in later.</summary>
internal sealed class StageImage(CloudParts parts, StagingArea staging, CancellationToken stopping)
{
    public async Task<Reply> Handle(ApiRequest request)
    {
        UploadImage.RequireBytes(request);
        var expected = UploadImage.AnnouncedSize(request);
        var image = await parts.Database.Write(tx => Claim(tx, request));
        var done = false;
        using var running = CancellationTokenSource.CreateLinkedTokenSource(request.Cancel, stopping);
        try
        {
            var size = await staging.Write(image.Id, new RequestBytes(request.Http.Request.BodyReader), expected, parts.Options.ImageSizeCap, running.Token);
            done = await parts.Database.Write(tx => ImageStore.SetStagedSize(tx, image.Id, size));
            if (!done) throw Fault.NotFound(ImageAccess.Missing(image.Id));
            return Reply.Empty();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            UploadImage.HangUp(request);
            throw Fault.Unavailable("The image service is being stopped; stage the image again when it is back.");
        }
        catch (BadHttpRequestException broken)
        {
            throw new Fault(FaultKind.BadRequest, "The upload ended before the bytes that were announced; stage it again.", inner: broken);
        }
        catch (IOException failure) when (DiskException.Of(failure) is { Fault: DiskFault.NoSpace })
        {
            throw new Fault(FaultKind.TooLarge, "Image storage media is full: there is no space left for staged images.", inner: failure);
        }
        finally
        {
            if (!done) await TakeBack(image.Id);
        }
    }

    private async Task TakeBack(string id)
    {
        staging.Remove(id);
        Action<Tx> requeue = tx => ImageStore.Requeue(tx, id, ImageStatus.Uploading, parts.Time.GetUtcNow());
        try
        {
            await parts.Database.Write(requeue);
        }
        catch (Exception failure) when (PatientWrites.IsPassing(failure))
        {
            _ = parts.Database.WriteAtLast(requeue, parts.Time, stopping);
        }
    }

    private ImageRecord Claim(Tx tx, ApiRequest request)
    {
        var image = ImageAccess.Allowed(tx, request, request[0]);
        if (image.Status != ImageStatus.Queued)
            throw Fault.Conflict($"Image status transition from {image.Status} to uploading is not allowed");
        ImageQuotas.RequireRoomForUpload(tx, image.OwnerProjectId);
        ImageStore.SetStatus(tx, image.Id, ImageStatus.Queued, ImageStatus.Uploading, parts.Time.GetUtcNow());
        return image;
    }
}
