using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Output;

/// <summary>Columns of a list, each read from one key of the item.</summary>
static class Columns
{
    public static (string Header, Func<JsonObject, Cell> Read) Of(string header, string key, Func<JsonNode?, Cell>? format = null) =>
        (header, item => item.ContainsKey(key) ? (format ?? Cell.Plain)(item[key].Copy()) : new Cell(""));

    /// <summary>As <see cref="Of"/>, for a resource whose missing fields count as None.</summary>
    public static (string Header, Func<JsonObject, Cell> Read) OrNone(string header, string key, Func<JsonNode?, Cell>? format = null) =>
        (header, item => item[key] is { } value ? (format ?? Cell.Plain)(value.Copy()) : new Cell(null));
}
