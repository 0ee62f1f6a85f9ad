using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Servers;

/// <summary>
/// Which of a server's addresses is meant: the first on a network of that name; else, for public, the first floating one
/// and for private the first fixed one.
/// </summary>
static class ServerAddress
{
    public static string Choose(JsonObject server, string kind, int[] versions)
    {
        var addresses = server["addresses"] as JsonObject ?? [];
        bool Fits(JsonObject address) => versions.Contains(address.Number("version") ?? 4);
        if (addresses.ContainsKey(kind))
        {
            if (addresses.Items(kind).FirstOrDefault(Fits)?.Text("addr") is { } named) return named;
        }

        var type = kind switch { "public" => "floating", "private" => "fixed", _ => kind };
        return addresses.SelectMany(network => addresses.Items(network.Key))
            .FirstOrDefault(address => address.Text("OS-EXT-IPS:type") == type && Fits(address))?.Text("addr")
            ?? throw new CommandError($"ERROR: No {kind} IP version [{string.Join(", ", versions)}] address found");
    }
}
