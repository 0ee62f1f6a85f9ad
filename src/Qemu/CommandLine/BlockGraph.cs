using System.Text.Json;

namespace Cumulet.Qemu.CommandLine;

/// <summary>
/// Writes the block nodes of a drive as BlockdevOptions: one object, lower layers inline, so that one blockdev-add makes
/// the chain and one blockdev-del takes it away. The same text serves the command line and QMP.
/// </summary>
internal static class BlockGraph
{
    /// <param name="json">Positioned inside an object.</param>
    /// <param name="file">Node name to the file name QEMU opens (a descriptor set).</param>
    /// <param name="buffered">Whether the file behind the node refuses O_DIRECT.</param>
    public static void WriteChain(Utf8JsonWriter json, DriveSpec drive, Func<string, string> file, Func<string, bool> buffered, AioMode aio)
    {
        var depth = 0;
        foreach (var layer in drive.Layers)
        {
            if (depth > 0)
                json.WriteStartObject("backing"u8);
            WriteLayer(json, drive, layer, depth > 0 || drive.ReadOnly, depth > 0, file, buffered, aio);
            depth++;
        }
        // The last one says that there is nothing below: a header is not asked.
        if (drive.Layers[^1].Format is LayerFormat.Qcow2)
            json.WriteNull("backing"u8);
        for (; depth > 1; depth--)
            json.WriteEndObject();
    }

    /// <summary>An overlay that is not on anything yet; blockdev-snapshot puts it on the running head.</summary>
    public static void WriteOverlay(Utf8JsonWriter json, DriveSpec drive, LayerSpec layer, string file, bool buffered, AioMode aio)
    {
        WriteLayer(json, drive, layer, false, false, _ => file, _ => buffered, aio);
        json.WriteNull("backing"u8);
    }

    private static void WriteLayer(
        Utf8JsonWriter json, DriveSpec drive, LayerSpec layer, bool readOnly, bool lower,
        Func<string, string> file, Func<string, bool> buffered, AioMode aio)
    {
        var node = drive.Node(layer);
        json.WriteString("driver"u8, layer.Format is LayerFormat.Qcow2 ? "qcow2"u8 : "raw"u8);
        json.WriteString("node-name"u8, node);
        json.WriteBoolean("read-only"u8, readOnly);
        WriteNodeOptions(json, buffered(node));
        if (!readOnly)
            json.WriteString("detect-zeroes"u8, "unmap"u8);
        if (layer.Secret is not null)
        {
            json.WriteStartObject("encrypt"u8);
            json.WriteString("format"u8, "luks"u8);
            json.WriteString("key-secret"u8, DriveSpec.SecretOf(node));
            json.WriteEndObject();
        }
        json.WriteStartObject("file"u8);
        WriteFile(json, node + "-f", file(node), readOnly, buffered(node), aio);
        // A lower layer is sealed, so there is no writer to lock out; and when one above is committed into it, the lock
        // held through its read-only description collides with the writable one: QEMU 7.2 aborts (raw_check_lock_bytes).
        if (lower)
            json.WriteString("locking"u8, "off"u8);
        json.WriteEndObject();
    }

    public static void WriteFile(Utf8JsonWriter json, string node, string file, bool readOnly, bool buffered, AioMode aio)
    {
        json.WriteString("driver"u8, "file"u8);
        json.WriteString("node-name"u8, node);
        json.WriteString("filename"u8, file);
        // Linux AIO blocks on buffered files; QEMU refuses the pair.
        json.WriteString("aio"u8, buffered && aio is AioMode.Native ? "threads" : aio.Name());
        // A lower layer must be able to become writable when one above is committed into it; said here, read-only would
        // be fixed. Left to the parent it follows, and the descriptor given (opened for reading) decides until then.
        if (readOnly)
            json.WriteBoolean("auto-read-only"u8, true);
        else
            json.WriteBoolean("read-only"u8, false);
        WriteNodeOptions(json, buffered);
    }

    private static void WriteNodeOptions(Utf8JsonWriter json, bool buffered)
    {
        json.WriteString("discard"u8, "unmap"u8);
        json.WriteStartObject("cache"u8);
        json.WriteBoolean("direct"u8, !buffered);
        json.WriteBoolean("no-flush"u8, false);
        json.WriteEndObject();
    }
}

/// <summary>How QEMU does file I/O.</summary>
public enum AioMode { Threads, Native, IoUring }

internal static class AioModeNames
{
    public static string Name(this AioMode mode) => mode switch
    {
        AioMode.Native => "native",
        AioMode.IoUring => "io_uring",
        _ => "threads",
    };
}
