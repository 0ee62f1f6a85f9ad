using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>Immutable values out of JSON texts that come again and again in lists; emptied when it grows beyond its limit.</summary>
internal sealed class ReadOnce<T>(JsonTypeInfo<T> json) where T : class
{
    private const int MaxTexts = 4096;
    private readonly ConcurrentDictionary<string, T> _known = new(StringComparer.Ordinal);

    public T Of(string text)
    {
        if (_known.TryGetValue(text, out var value)) return value;
        if (_known.Count >= MaxTexts) _known.Clear();
        return _known[text] = JsonSerializer.Deserialize(text, json)!;
    }
}
