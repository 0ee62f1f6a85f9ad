using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Output;

/// <summary>Columns of a list, each read from one key of the item.</summary>
static class Columns
{
    public static (string Header, Func<JsonObject, Cell> Read) Of(string header, string key, Func<JsonNode?, Cell>? format = null) =>
        (header, item => item.ContainsKey(key) ? (format ?? Cell.Plain)(item[key].Copy()) : new Cell(""));

    /// <summary>Columns whose keys are their headers: <c>Event ID</c> is read from <c>event_id</c>.</summary>
    public static (string Header, Func<JsonObject, Cell> Read)[] Headed(params string[] headers) =>
        [.. headers.Select(header => Of(header, header.ToLowerInvariant().Replace(' ', '_')))];

    /// <summary>As <see cref="Of"/>, for a resource whose missing fields count as None.</summary>
    public static (string Header, Func<JsonObject, Cell> Read) OrNone(string header, string key, Func<JsonNode?, Cell>? format = null) =>
        (header, item => item[key] is { } value ? (format ?? Cell.Plain)(value.Copy()) : new Cell(null));
}
