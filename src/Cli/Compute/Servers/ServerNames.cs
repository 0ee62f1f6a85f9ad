using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Servers;

/// <summary>Names of images and flavors by their ids, for the list of servers. An ornament: without it, ids are shown.</summary>
sealed record ServerNames(IReadOnlyDictionary<string, string?> Images, IReadOnlyDictionary<string, string?> Flavors)
{
    public static readonly ServerNames None = new(new Dictionary<string, string?>(), new Dictionary<string, string?>());

    /// <summary>Asks for both at once, and while the servers themselves are still under way.</summary>
    public static async Task<ServerNames> Ask(Cloud cloud, Task<List<JsonObject>> servers, bool oneByOne, bool flavorsToo,
        CancellationToken cancellation)
    {
        if (oneByOne) return await AskOneByOne(cloud, await servers, flavorsToo, cancellation);
        var images = Names(() => cloud.Image.List("/images", "images", cancellation));
        var flavors = flavorsToo
            ? Names(() => cloud.Compute.List("/flavors/detail?is_public=None", "flavors", cancellation))
            : Task.FromResult<Dictionary<string, string?>>([]);
        await servers;
        return new ServerNames(await images, await flavors);
    }

    private static async Task<ServerNames> AskOneByOne(Cloud cloud, List<JsonObject> servers, bool flavorsToo, CancellationToken cancellation)
    {
        var images = Ids(servers, "image").Select(id => Names(async () => [await cloud.Image.Get("/images/" + id, cancellation)]));
        var flavors = Ids(servers, "flavor").Where(_ => flavorsToo).Select(id => Names(async () =>
            [(await cloud.Compute.Get("/flavors/" + id, cancellation))["flavor"]!.AsObject()]));
        return new ServerNames(Joined(await Task.WhenAll(images)), Joined(await Task.WhenAll(flavors)));
    }

    private static IEnumerable<string> Ids(List<JsonObject> servers, string key) =>
        servers.Select(server => server[key].Text("id")).OfType<string>().Distinct();

    private static Dictionary<string, string?> Joined(Dictionary<string, string?>[] parts) =>
        parts.SelectMany(part => part).ToDictionary(pair => pair.Key, pair => pair.Value);

    private static async Task<Dictionary<string, string?>> Names(Func<Task<List<JsonObject>>> ask)
    {
        try
        {
            return (await ask()).ToDictionary(item => item.Id(), item => item.Text("name"));
        }
        catch (Exception error) when (error is ApiError or CommandError or ConnectionError)
        {
            return [];
        }
    }
}
