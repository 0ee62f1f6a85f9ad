using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Layers;

namespace Cumulet.ControlPlane.Images.Data;

/// <summary>
/// GET /v2/images/{id}/file: an upload byte for byte as it came, a derived image as the raw disk that a guest would read;
/// whole or one range of it.
/// </summary>
internal sealed class DownloadImage(CloudParts parts, LayersRoom layers)
{
    private const int Chunk = 1 << 20;

    public async Task<Reply> Handle(ApiRequest request)
    {
        var image = parts.Database.Read(tx =>
        {
            var seen = ImageAccess.Seen(tx, request, request[0]);
            if (seen.Status == ImageStatus.Deactivated && !request.Caller.IsAdmin)
                throw Fault.Forbidden("The requested image has been deactivated. Image data download is forbidden.");
            return ImageAccess.Allowed(tx, request, request[0]);
        });
        if (image.LayerId is not { } layer) return Reply.Empty();
        var bytes = image.Derived ? await layers.OpenRaw(layer, request.Cancel) : await layers.OpenStored(layer, request.Cancel);
        ByteRange? range;
        try
        {
            range = ByteRange.Asked(request.Http.Request.Headers, bytes.Length);
        }
        catch (Fault)
        {
            await bytes.DisposeAsync();
            throw;
        }
        var part = range ?? new ByteRange(0, bytes.Length);
        request.Http.Response.RegisterForDisposeAsync(bytes);
        var reply = Reply.Stream(range is null ? 200 : 206, "application/octet-stream", part.Length, (to, cancel) => Copy(bytes, part, to, cancel));
        if (image.Checksum is { } checksum) reply.With("Content-MD5", checksum);
        if (range is not null) reply.With("Content-Range", $"bytes {part.Start}-{part.Start + part.Length - 1}/{bytes.Length}");
        return reply;
    }

    private static async Task Copy(Stream from, ByteRange part, Stream to, CancellationToken cancel)
    {
        from.Position = part.Start;
        var buffer = new byte[(int)Math.Min(Chunk, Math.Max(1, part.Length))];
        for (var left = part.Length; left > 0;)
        {
            var count = await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancel);
            if (count == 0) throw new EndOfStreamException("a layer is shorter than its row says");
            await to.WriteAsync(buffer.AsMemory(0, count), cancel);
            left -= count;
        }
    }
}
