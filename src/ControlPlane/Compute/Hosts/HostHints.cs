using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Compute.Servers;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Hosts;

/// <summary>
/// Where a server is to be, as its scheduler hints say by other servers: on a host of one of them, on none of theirs. They are kept
/// with the server and count for its moves too. Rule (Nova): SameHostFilter and DifferentHostFilter.
/// </summary>
internal sealed record HostHints(IReadOnlyList<string>? Beside, IReadOnlyList<string> Apart)
{
    public static HostHints Of(Tx tx, ServerRecord server)
    {
        using var hints = JsonDocument.Parse(server.Hints);
        var (beside, apart) = (Named(hints.RootElement, "same_host"), Named(hints.RootElement, "different_host"));
        return new HostHints(beside.Length == 0 ? null : HostsOf(tx, beside), HostsOf(tx, apart));
    }

    public bool Allow(string host) => Beside?.Contains(host) != false && !Apart.Contains(host);

    private static string[] Named(JsonElement hints, string hint) => hints.Get(hint) switch
    {
        { ValueKind: JsonValueKind.String } one => [one.GetString()!],
        { ValueKind: JsonValueKind.Array } several => [.. several.EnumerateArray().Select(id => id.GetString()!)],
        _ => [],
    };

    private static List<string> HostsOf(Tx tx, string[] servers) => servers.Length == 0 ? []
        : tx.Query($"SELECT DISTINCT host FROM servers WHERE deleted = 0 AND host IS NOT NULL AND id IN {servers}", row => row.Text());
}
