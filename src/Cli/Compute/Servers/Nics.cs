using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Servers;

/// <summary>
/// <c>--network</c>, <c>--port</c> and <c>--nic</c>, in the order they stand on the line, because that is the order of the
/// server's interfaces.
/// </summary>
static class Nics
{
    private static readonly string[] Keys = ["net-id", "port-id", "v4-fixed-ip", "v6-fixed-ip", "tag"];

    /// <summary>One interface as written; "auto" and "none" stand alone.</summary>
    public sealed record Nic(string? Network, string? Port, string? FixedIp, string? Tag, string? Special);

    public static Nic Parse(string option, string text)
    {
        if (option == "--port") return new Nic(null, text, null, null, null);
        if (text is "auto" or "none") return new Nic(null, null, null, null, text);
        if (option == "--network") return new Nic(text, null, null, null, null);
        var fields = new Dictionary<string, string>();
        foreach (var part in text.Split(','))
        {
            if (part.Split('=', 2) is not [{ Length: > 0 } key, { Length: > 0 } value] || !Keys.Contains(key))
            {
                throw new CommandError($"Invalid argument {text}; argument must be of form "
                    + "'net-id=net-uuid,port-id=port-uuid,v4-fixed-ip=ip-addr,v6-fixed-ip=ip-addr,tag=tag'");
            }

            fields[key] = value;
        }

        if (fields.ContainsKey("net-id") == fields.ContainsKey("port-id"))
            throw new CommandError($"Invalid argument {text}; either 'network' or 'port' should be specified but not both");
        if (fields.ContainsKey("v4-fixed-ip") && fields.ContainsKey("v6-fixed-ip"))
            throw new CommandError($"Invalid argument {text}; only one of 'v4-fixed-ip' and 'v6-fixed-ip' can be given");
        return new Nic(fields.GetValueOrDefault("net-id"), fields.GetValueOrDefault("port-id"),
            fields.GetValueOrDefault("v4-fixed-ip") ?? fields.GetValueOrDefault("v6-fixed-ip"), fields.GetValueOrDefault("tag"), null);
    }

    /// <summary>The value of "networks" in the request; null to leave it away.</summary>
    public static async Task<JsonNode?> Body(Cloud cloud, IReadOnlyList<Nic> nics, CancellationToken cancellation)
    {
        if (nics.Any(nic => nic.Special is not null))
        {
            if (nics.Count > 1)
            {
                throw new CommandError("Specifying a --nic of auto or none cannot be used with any other --nic, --network "
                    + "or --port value.");
            }

            cloud.Compute.Need("2.37", "--nic of auto or none");
            return nics[0].Special;
        }

        if (nics.Count == 0) return cloud.Compute.AtLeast("2.37") ? "auto" : null;
        if (nics.Any(nic => nic.Tag is not null)) cloud.Compute.Need("2.43", "--nic tag field");
        return new JsonArray([.. await Task.WhenAll(nics.Select(nic => One(cloud, nic, cancellation)))]);
    }

    private static async Task<JsonNode?> One(Cloud cloud, Nic nic, CancellationToken cancellation)
    {
        var body = new JsonObject();
        body.With("uuid", await cloud.FindIdOrNull(Resources.Network, nic.Network, cancellation));
        body.With("port", await cloud.FindIdOrNull(Resources.Port, nic.Port, cancellation));
        return body.With("fixed_ip", nic.FixedIp).With("tag", nic.Tag);
    }
}
