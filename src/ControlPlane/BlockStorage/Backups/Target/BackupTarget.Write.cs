using System.IO.Compression;
using System.Security.Cryptography;
using Cumulet.Disks.Local;

namespace Cumulet.ControlPlane.BlockStorage.Backups.Target;

internal sealed partial class BackupTarget
{
    // A multiple of what is hashed. The pieces are what is counted as progress.
    private const int PieceSize = 32 << 20;

    private static readonly Lazy<(byte[] Packed, string Md5)> _empty = new(() => (Pack(new byte[PieceSize])!, Md5(new byte[PieceSize])));

    /// <summary>Writes a disk, or what differs from an earlier backup; over what an attempt before this one has left.</summary>
    /// <param name="kept">The volume's metadata, which a restored one gets.</param>
    /// <param name="wrote">Told how many pieces there are, after each.</param>
    public async Task Write(
        BackupRecord backup, BackupRecord? parent, Stream disk, BackupMetadata kept, Func<long, Task> wrote, CancellationToken cancel)
    {
        var container = ContainerOf(backup);
        var before = parent is null ? null : await place.Read(ContainerOf(parent), PrefixOf(parent) + Hashes, BlockHashes.Read, cancel);
        var (hashes, pieces) = (new BlockHashes(), new List<BackupPiece>());
        var buffer = new byte[PieceSize];
        int count;
        for (long offset = 0; (count = await Next(disk, buffer, cancel)) > 0; offset += count)
        {
            var first = hashes.Count;
            hashes.Add(buffer.AsSpan(0, count));
            foreach (var (from, length) in before is null ? [(0, count)] : hashes.Differing(before, first, count))
            {
                pieces.Add(await Put(backup, pieces.Count + 1, offset + from, buffer.AsMemory(from, length), cancel));
                await wrote(pieces.Count);
            }
        }
        var prefix = PrefixOf(backup);
        await place.Write(container, prefix + Hashes, (file, stop) => hashes.Write(file, backup, stop), cancel);
        await place.Write(container, prefix + Manifest, (file, stop) => BackupManifest.Write(file, backup, pieces, kept, stop), cancel);
        await place.Finish(container);
    }

    // Most of a thin disk is a hole, which need not be read.
    private static async Task<int> Next(Stream disk, byte[] buffer, CancellationToken cancel)
    {
        if (disk is not FileStream file || file.Position + PieceSize > file.Length
            || Posix.NextData(file.SafeFileHandle, file.Position) < file.Position + PieceSize)
            return await disk.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
        Array.Clear(buffer);
        file.Position += PieceSize;
        return PieceSize;
    }

    private async Task<BackupPiece> Put(BackupRecord backup, int number, long offset, ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        var name = FormattableString.Invariant($"{PrefixOf(backup)}-{number:00000}");
        // Most of a disk that is not full.
        var isEmpty = data.Length == PieceSize && !data.Span.ContainsAnyExcept((byte)0);
        var packed = isEmpty ? _empty.Value.Packed : Pack(data);
        await place.Write(ContainerOf(backup), name, async (file, stop) => await file.WriteAsync(packed ?? data, stop), cancel);
        return new BackupPiece(name, offset, data.Length, packed is null ? "none" : "zlib", isEmpty ? _empty.Value.Md5 : Md5(data.Span));
    }

    /// <summary>Null where that makes it no smaller.</summary>
    private static byte[]? Pack(ReadOnlyMemory<byte> data)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) zlib.Write(data.Span);
        return packed.Length < data.Length ? packed.ToArray() : null;
    }

    // The format's checksum, against rot and not against anybody.
#pragma warning disable CA5351
    private static string Md5(ReadOnlySpan<byte> data) => Convert.ToHexStringLower(MD5.HashData(data));
#pragma warning restore CA5351
}
