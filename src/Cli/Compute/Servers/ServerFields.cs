using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Servers;

/// <summary>What of a server is shown, and how.</summary>
static class ServerFields
{
    /// <summary>What stands for the image where the root disk is a volume.</summary>
    public const string BootedFromVolume = "N/A (booted from volume)";

    private static readonly string[] PowerStates = ["NOSTATE", "Running", "", "Paused", "Shutdown", "", "Crashed", "Suspended"];

    public static Cell PowerState(JsonNode? value) => new(value,
        value is JsonValue number && number.TryGetValue<int>(out var state) && state >= 0 && state < PowerStates.Length
            ? PowerStates[state] : "N/A");

    /// <summary>Addresses by network, without what else is said about them.</summary>
    public static JsonObject Networks(JsonObject server)
    {
        var networks = new JsonObject();
        if (server["addresses"] is not JsonObject addresses) return networks;
        foreach (var (label, list) in addresses.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            networks[label] = new JsonArray([.. (list as JsonArray ?? []).Select(address => (JsonNode?)address.Text("addr"))]);
        }

        return networks;
    }

    /// <summary>The server with the names of its image and flavor, which take two more requests, sent at once.</summary>
    public static async Task<Record> Show(Cloud cloud, JsonObject server, CancellationToken cancellation)
    {
        var image = ImageText(cloud, server["image"], cancellation);
        var flavor = FlavorCell(cloud, server["flavor"], cancellation);
        var fields = new List<(string, Cell)> { ("image", new Cell(await image)), ("flavor", await flavor) };
        foreach (var (key, value) in server)
        {
            if (key is "links" or "image" or "flavor") continue;
            fields.Add(Field(key, value, server));
        }

        if (server["addresses"] is null) fields.Add(("addresses", Cell.ListsByKey(new JsonObject())));
        return Record.Sorted(fields);
    }

    private static (string, Cell) Field(string key, JsonNode? value, JsonObject server) => key switch
    {
        "os-extended-volumes:volumes_attached" => ("volumes_attached", Cell.PairsList(value.Copy())),
        "security_groups" => (key, Cell.PairsList(value.Copy())),
        "tags" => (key, Cell.List(value.Copy())),
        "addresses" => (key, Cell.ListsByKey(Networks(server))),
        "metadata" => ("properties", Cell.Pairs(value.Copy())),
        "tenant_id" => ("project_id", Cell.Plain(value.Copy())),
        "OS-EXT-STS:power_state" => (key, PowerState(value.Copy())),
        _ => (key, Cell.Plain(value.Copy())),
    };

    private static async Task<string> ImageText(Cloud cloud, JsonNode? image, CancellationToken cancellation)
    {
        if (image.Text("id") is not { } id) return BootedFromVolume;
        try
        {
            return $"{(await cloud.Image.Get("/images/" + id, cancellation)).Text("name") ?? "None"} ({id})";
        }
        catch (Exception error) when (error is ApiError or CommandError or ConnectionError)
        {
            return id;
        }
    }

    /// <summary>From 2.47 on the server carries its flavor whole and without an id; then it is shown as it is.</summary>
    private static async Task<Cell> FlavorCell(Cloud cloud, JsonNode? flavor, CancellationToken cancellation)
    {
        if (flavor.Text("id") is not { } id) return Cell.Pairs(flavor.Copy() ?? new JsonObject());
        try
        {
            var answer = await cloud.Compute.Get("/flavors/" + Uri.EscapeDataString(id), cancellation);
            return new Cell($"{answer.Field("flavor").Text("name")} ({id})");
        }
        catch (Exception error) when (error is ApiError or CommandError or ConnectionError)
        {
            return new Cell(id);
        }
    }
}
