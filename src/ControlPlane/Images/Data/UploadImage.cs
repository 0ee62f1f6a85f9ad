using System.Globalization;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;
using Microsoft.AspNetCore.Http;

namespace Cumulet.ControlPlane.Images.Data;

/// <summary>PUT /v2/images/{id}/file.</summary>
internal sealed class UploadImage(CloudParts parts, ImageIntake intake)
{
    public async Task<Reply> Handle(ApiRequest request)
    {
        RequireBytes(request);
        var expected = AnnouncedSize(request);
        RequireStore(request);
        var image = await parts.Database.Write(tx => Claim(tx, request));
        try
        {
            await intake.Take(image, ImageStatus.Saving, new RequestBytes(request.Http.Request.BodyReader), expected, request.Cancel);
        }
        catch (Fault fault) when (fault.Kind == FaultKind.Unavailable)
        {
            HangUp(request);
            throw;
        }
        catch (BadHttpRequestException broken)
        {
            throw new Fault(FaultKind.BadRequest, "The upload ended before the bytes that were announced; upload it again.", inner: broken);
        }
        return Reply.Empty();
    }

    private ImageRecord Claim(Tx tx, ApiRequest request)
    {
        var image = ImageAccess.Allowed(tx, request, request[0]);
        if (image.Status != ImageStatus.Queued)
            throw Fault.Conflict($"Image status transition from {image.Status} to saving is not allowed");
        ImageIntake.RequireFormats(image);
        ImageQuotas.RequireRoomForUpload(tx, image.OwnerProjectId);
        ImageStore.SetStatus(tx, image.Id, ImageStatus.Queued, ImageStatus.Saving, parts.Time.GetUtcNow());
        return image;
    }

    /// <summary>
    /// The server is to stop, and a client is still sending, perhaps for hours. The connection ends with the answer: the
    /// server would wait for the rest of the body otherwise.
    /// </summary>
    public static void HangUp(ApiRequest request) => request.Http.Response.OnCompleted(static http =>
    {
        ((HttpContext)http).Abort();
        return Task.CompletedTask;
    }, request.Http);

    public static void RequireBytes(ApiRequest request)
    {
        var type = (request.Http.Request.ContentType ?? "").Split(';')[0].Trim();
        if (!type.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase))
            throw new Fault(FaultKind.UnsupportedMedia, $"Invalid content type {type.Truncated()}; send application/octet-stream.");
    }

    /// <summary>Bytes, from the header made for it or from the body's length; null where neither says.</summary>
    public static long? AnnouncedSize(ApiRequest request)
    {
        var header = request.Http.Request.Headers["x-openstack-image-size"].ToString();
        if (header.Length == 0) return request.Http.Request.ContentLength;
        return long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? size
            : throw Fault.BadRequest("Invalid or missing image size in request headers.");
    }

    private static void RequireStore(ApiRequest request)
    {
        var store = request.Http.Request.Headers["x-image-meta-store"].ToString();
        if (store.Length > 0 && store != ImageJson.Store)
            throw Fault.BadRequest($"Store for identifier {store.Truncated()} not found; there is one store here: {ImageJson.Store}.");
    }
}
