using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Output;

/// <summary>The order that <c>--sort key:asc,key:desc</c> asks for, done here where the service has none.</summary>
static class ItemOrder
{
    public static IEnumerable<JsonObject> Sort(IEnumerable<JsonObject> items, string keys)
    {
        foreach (var key in keys.Split(',').Reverse())
        {
            var parts = key.Split(':', 2);
            if (parts.Length == 2 && parts[1] is not ("asc" or "desc"))
                throw new CommandError($"Specify sort direction by asc or desc, not '{parts[1]}'");
            items = parts is [_, "desc"]
                ? items.OrderByDescending(item => item.Text(parts[0]) ?? "", StringComparer.Ordinal)
                : items.OrderBy(item => item.Text(parts[0]) ?? "", StringComparer.Ordinal);
        }

        return items;
    }
}
