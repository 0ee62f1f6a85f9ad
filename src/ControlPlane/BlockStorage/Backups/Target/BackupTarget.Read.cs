using System.IO.Compression;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.ControlPlane.BlockStorage.Backups.Target;

internal sealed partial class BackupTarget
{
    // What anybody's driver may have taken for one piece; Cinder's posix driver takes 2 GB.
    private const int LargestPiece = 0x7FFF_0000;
    private const int Hole = 64 << 10;

    /// <summary>Writes into a new, empty disk what the backups hold, the full one first and the differences in their order.</summary>
    public async Task Read(IReadOnlyList<BackupRecord> chain, SafeFileHandle disk, long size, CancellationToken cancel)
    {
        if (chain is [{ ParentId: { } lost }, ..])
            throw new BackupTargetException($"the backup {lost}, which others are the difference to, is gone");
        for (var i = 0; i < chain.Count; i++)
        {
            var manifest = await ManifestOf(chain[i], cancel);
            if (manifest.BackupId != chain[i].Id)
                throw new BackupTargetException($"what the backup target has is not backup {chain[i].Id}");
            foreach (var piece in manifest.Pieces) await Restore(chain[i], piece, disk, size, isFirst: i == 0, cancel);
        }
    }

    /// <summary>What the volume of a backup had beside its data; null where the target has no such backup.</summary>
    public async Task<(string VolumeId, string? ParentId, BackupMetadata Kept)?> Describe(BackupRecord backup, CancellationToken cancel)
    {
        try
        {
            var manifest = await ManifestOf(backup, cancel);
            return manifest.BackupId == backup.Id ? (manifest.VolumeId, manifest.ParentId, manifest.Kept) : null;
        }
        catch (BackupTargetException failure) when (failure.IsMissing)
        {
            return null;
        }
    }

    private Task<BackupManifest> ManifestOf(BackupRecord backup, CancellationToken cancel) =>
        place.Read(ContainerOf(backup), PrefixOf(backup) + Manifest, BackupManifest.Read, cancel);

    private async Task Restore(BackupRecord backup, BackupPiece piece, SafeFileHandle disk, long size, bool isFirst, CancellationToken cancel)
    {
        if (!place.IsPrefix(piece.Name) || !piece.Name.StartsWith(backup.ServiceMetadata + "-", StringComparison.Ordinal))
            throw new BackupTargetException($"backup {backup.Id} names a piece that is not its own");
        if (piece.Offset < 0 || piece.Length is < 0 or > LargestPiece || piece.Offset > size - piece.Length)
            throw new BackupTargetException($"the piece {piece.Name} does not fit the volume");
        var stored = await place.Read(ContainerOf(backup), piece.Name, Whole, cancel);
        if (isFirst && IsEmpty(piece, stored)) return;
        var data = Unpack(piece, stored);
        if (data.Length != piece.Length || piece.Md5 is { } sum && Md5(data) != sum)
            throw new BackupTargetException($"the piece {piece.Name} is not what was written: its checksum differs");
        for (var at = 0; at < data.Length; at += Hole)
        {
            var block = data.AsMemory(at, Math.Min(Hole, data.Length - at));
            if (!isFirst || block.Span.ContainsAnyExcept((byte)0)) await RandomAccess.WriteAsync(disk, block, piece.Offset + at, cancel);
        }
    }

    // Nothing that this was made from is larger.
    private static async Task<byte[]> Whole(Stream file, CancellationToken cancel)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int count; whole.Length <= LargestPiece && (count = await file.ReadAsync(buffer, cancel)) > 0;) whole.Write(buffer, 0, count);
        return whole.ToArray();
    }

    // Most of a thin disk, as it was written here; zeros of the full backup are on the new disk already.
    private static bool IsEmpty(BackupPiece piece, byte[] stored) =>
        piece.Length == PieceSize && piece.Md5 == _empty.Value.Md5 && stored.AsSpan().SequenceEqual(_empty.Value.Packed);

    private static byte[] Unpack(BackupPiece piece, byte[] stored)
    {
        if (piece.Compression is "none") return stored;
        if (piece.Compression is not ("zlib" or "gzip"))
            throw new BackupTargetException($"the piece {piece.Name} is compressed by {piece.Compression}, which is not known here");
        var data = new byte[piece.Length];
        using var zlib = new ZLibStream(new MemoryStream(stored), CompressionMode.Decompress);
        try
        {
            var count = zlib.ReadAtLeast(data, data.Length, throwOnEndOfStream: false);
            // One byte more is more than it may have.
            return count == data.Length && zlib.ReadByte() < 0 ? data : [];
        }
        catch (InvalidDataException)
        {
            return [];
        }
    }
}
