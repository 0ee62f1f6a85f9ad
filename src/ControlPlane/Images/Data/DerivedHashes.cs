using System.Threading.Channels;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Store;
using Cumulet.Disks;
using Microsoft.Extensions.Logging;

namespace Cumulet.ControlPlane.Images.Data;

/// <summary>
/// Reads images that were made of servers and volumes, one after the other, and writes their hashes down: they were active
/// before anybody had read them.
/// </summary>
internal sealed partial class DerivedHashes(CloudParts parts, LayersRoom layers)
{
    private readonly Channel<string> _waiting = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _log = parts.Logging.CreateLogger("images");
    private Task _working = Task.CompletedTask;

    public void Start()
    {
        var unread = parts.Database.Read(tx => tx.Query(
            $"SELECT id FROM images WHERE derived = 1 AND checksum IS NULL AND boot_layer_id IS NOT NULL AND status = 'active' ORDER BY created_at",
            row => row.Text()));
        foreach (var id in unread) Add(id);
        _working = Task.Run(Work);
    }

    public void Add(string imageId) => _waiting.Writer.TryWrite(imageId);

    public async Task Stop()
    {
        _waiting.Writer.TryComplete();
        await _stopping.CancelAsync();
        await _working;
    }

    private async Task Work()
    {
        try
        {
            await foreach (var id in _waiting.Reader.ReadAllAsync(_stopping.Token))
                await PatientWrites.AtLast(() => Hash(id), parts.Time, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The next start finds the image without hashes and goes on.
        }
    }

    private async Task Hash(string id)
    {
        if (parts.Database.Read(tx => ImageStore.FindAny(tx, id)) is not { BootLayerId: { } layer, Checksum: null }) return;
        try
        {
            await using var bytes = await layers.OpenRaw(layer, _stopping.Token);
            var digest = await Digest.OfAsync(bytes, _stopping.Token);
            await parts.Database.Write(tx => ImageStore.SetHashes(tx, id, layer, digest.Md5, digest.Sha512));
        }
        catch (Exception failure) when (failure is DiskException or IOException && !PatientWrites.IsPassing(failure))
        {
            // Deleted while it was read: the image works without, and the next start tries again.
            LogNotHashed(failure, id);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "image {image} has no hashes yet")]
    private partial void LogNotHashed(Exception failure, string image);
}
