using System.Text;
using System.Text.Json;
using Cumulet.Disks.Encryption;

namespace Cumulet.Disks;

/// <summary>One layer as the rows of the control plane know it: no place, only what it is.</summary>
/// <param name="Id">The layer's id, chosen by the caller.</param>
/// <param name="Format">The format of its bytes.</param>
/// <param name="Key">What opens it where it is encrypted.</param>
public sealed record LayerRef(Guid Id, DiskFormat Format, LayerKey? Key = null);

/// <summary>One layer in its place.</summary>
/// <param name="Id">The layer's id.</param>
/// <param name="Format">The format of its bytes.</param>
/// <param name="Path">The absolute path of its file.</param>
/// <param name="Key">What opens it where it is encrypted.</param>
public sealed record DiskLayer(Guid Id, DiskFormat Format, string Path, LayerKey? Key = null)
{
    /// <summary>How QEMU's tools call the secret that opens it.</summary>
    internal string SecretId => $"key-{Id:N}";
}

/// <summary>
/// A disk as a guest or a tool opens it: every layer with its path and format, the writable head first, the base last.
/// Whoever opens a disk gives this whole graph, so that what a file's header says about its backing is never believed.
/// </summary>
/// <param name="Layers">Top (head) to base; at least one.</param>
public sealed record DiskChain(IReadOnlyList<DiskLayer> Layers)
{
    /// <summary>The head, or the topmost sealed layer.</summary>
    public DiskLayer Top => Layers[0];

    /// <summary>
    /// The graph as QEMU's <c>json:</c> file name, each format explicit, the base closed with <c>"backing":null</c>.
    /// Paths are relative to <paramref name="root"/> when it is given. Keys are not in it, only the names of their secrets.
    /// </summary>
    public string ToJsonFilename(string? root = null)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            WriteNode(json, 0, root);
        }

        return "json:" + Encoding.UTF8.GetString(buffer.ToArray());
    }

    private void WriteNode(Utf8JsonWriter json, int index, string? root)
    {
        var layer = Layers[index];
        json.WriteStartObject();
        json.WriteString("driver", layer.Format.QemuDriver());
        if (layer.Format == DiskFormat.Vhd)
        {
            // Two sizes are stated in a VHD; the inspection reads the byte size, so the conversion must too.
            json.WriteString("force_size_calc", "current_size");
        }

        json.WriteStartObject("file");
        json.WriteString("driver", "file");
        json.WriteString("filename", root is null ? layer.Path : Path.GetRelativePath(root, layer.Path));
        json.WriteEndObject();
        if (layer.Key is not null)
        {
            json.WriteStartObject("encrypt");
            json.WriteString("format", "luks");
            json.WriteString("key-secret", layer.SecretId);
            json.WriteEndObject();
        }

        if (layer.Format == DiskFormat.Qcow2)
        {
            json.WritePropertyName("backing");
            if (index + 1 < Layers.Count)
            {
                WriteNode(json, index + 1, root);
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndObject();
    }
}
