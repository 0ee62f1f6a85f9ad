using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Cumulet.ControlPlane.BlockStorage.Backups.Target;

/// <summary>The hash of each block of a disk, in order.</summary>
internal sealed class BlockHashes
{
    public const int BlockSize = 32 << 10;

    private static readonly byte[] _empty = SHA256.HashData(new byte[BlockSize]);

    private readonly ArrayBufferWriter<byte> _hashes = new(1 << 16);

    public int Count => _hashes.WrittenCount / SHA256.HashSizeInBytes;

    public void Add(ReadOnlySpan<byte> data)
    {
        for (var at = 0; at < data.Length; at += BlockSize)
        {
            var block = data.Slice(at, Math.Min(BlockSize, data.Length - at));
            var place = _hashes.GetSpan(SHA256.HashSizeInBytes);
            if (block.Length == BlockSize && !block.ContainsAnyExcept((byte)0)) _empty.CopyTo(place);
            else SHA256.HashData(block, place);
            _hashes.Advance(SHA256.HashSizeInBytes);
        }
    }

    /// <summary>Runs of blocks that are not as before, as places in a piece of the disk that begins with block <paramref name="first"/>.</summary>
    public List<(int From, int Length)> Differing(BlockHashes before, int first, int length)
    {
        var runs = new List<(int From, int Length)>();
        for (var at = 0; at < length; at += BlockSize)
        {
            var block = first + at / BlockSize;
            // A volume that has grown since is longer than what it is compared with.
            if (block < before.Count && Of(block).SequenceEqual(before.Of(block))) continue;
            var size = Math.Min(BlockSize, length - at);
            if (runs is [.., var last] && last.From + last.Length == at) runs[^1] = (last.From, last.Length + size);
            else runs.Add((at, size));
        }
        return runs;
    }

    private ReadOnlySpan<byte> Of(int block) => _hashes.WrittenSpan.Slice(block * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes);

    public async Task Write(Stream file, BackupRecord backup, CancellationToken cancel)
    {
        await using var json = new Utf8JsonWriter(file);
        json.WriteStartObject();
        BackupManifest.WriteHead(json, backup);
        json.WriteNumber("chunk_size", BlockSize);
        json.WriteStartArray("sha256s");
        for (var i = 0; i < Count; i++)
        {
            json.WriteStringValue(Convert.ToHexStringLower(Of(i)));
            if (json.BytesPending > 1 << 20) await json.FlushAsync(cancel);
        }
        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(cancel);
    }

    /// <summary>Read piece by piece: of a large disk it is a large file.</summary>
    public static async Task<BlockHashes> Read(Stream file, CancellationToken cancel)
    {
        var hashes = new BlockHashes();
        var (buffer, kept, state, isList, isSize) = (new byte[1 << 20], 0, default(JsonReaderState), false, false);
        try
        {
            while (true)
            {
                var count = await file.ReadAsync(buffer.AsMemory(kept), cancel);
                var used = Take(buffer.AsSpan(0, kept + count), count == 0);
                kept += count - used;
                if (count == 0) return hashes;
                buffer.AsSpan(used, kept).CopyTo(buffer);
            }
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException or InvalidOperationException)
        {
            throw new BackupTargetException("the hashes of the earlier backup cannot be read; make a full backup");
        }

        int Take(ReadOnlySpan<byte> bytes, bool isLast)
        {
            var json = new Utf8JsonReader(bytes, isLast, state);
            while (json.Read())
            {
                if (json.TokenType == JsonTokenType.PropertyName) (isList, isSize) = (json.ValueTextEquals("sha256s"), json.ValueTextEquals("chunk_size"));
                else if (isSize && json.GetInt32() != BlockSize)
                    throw new BackupTargetException("the earlier backup was hashed in blocks of another size; make a full backup");
                else if (isList && json.TokenType == JsonTokenType.String) hashes.Take(json.ValueSpan);
            }
            state = json.CurrentState;
            return (int)json.BytesConsumed;
        }
    }

    private void Take(ReadOnlySpan<byte> hex)
    {
        var status = Convert.FromHexString(hex, _hashes.GetSpan(SHA256.HashSizeInBytes)[..SHA256.HashSizeInBytes], out _, out var written);
        if (status != OperationStatus.Done || written != SHA256.HashSizeInBytes) throw new FormatException();
        _hashes.Advance(written);
    }
}
