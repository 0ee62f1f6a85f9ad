using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network;

/// <summary>Lists inside a resource, which the API replaces as a whole.</summary>
static class Lists
{
    /// <summary>The list of the resource without some items.</summary>
    /// <exception cref="CommandError">One of them is not in it.</exception>
    public static JsonArray Without(JsonObject resource, string key, IEnumerable<JsonNode> removed, string noun, string option)
    {
        var items = (resource[key] as JsonArray ?? []).Select(item => item.Copy()).ToList();
        foreach (var item in removed)
        {
            var index = items.FindIndex(has => JsonNode.DeepEquals(has, item));
            if (index < 0) throw new CommandError($"{noun} does not contain {option} {PythonText.Of(item)}");
            items.RemoveAt(index);
        }

        return new JsonArray([.. items]);
    }
}
