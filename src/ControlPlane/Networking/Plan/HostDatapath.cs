using System.Net;
using System.Security.Cryptography;
using System.Text;
using Cumulet.Datapath;

namespace Cumulet.ControlPlane.Networking.Plan;

/// <summary>The datapath of this host, as the options ask for it.</summary>
internal static class HostDatapath
{
    /// <summary>Null with the fake hypervisor: no guest, nothing to carry.</summary>
    public static IDatapath? Open(CloudOptions options) => options.Hypervisor == HypervisorKind.Fake
        ? null
        : new LinuxDatapath(new LinuxDatapathOptions
        {
            Cloud = NameOf(options.StateDirectory),
            HostForwarding = true,
            HostMasquerade = true,
            DnsForwarders = Resolvers(),
        });

    /// <summary>Eight characters that tell the clouds of one host apart and stay the same from start to start.</summary>
    public static string NameOf(string stateDirectory)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(stateDirectory)));
        return Convert.ToHexStringLower(hash.AsSpan(0, 4));
    }

    // A resolver on the host's own loopback cannot be reached from a guest's network.
    private static List<IPAddress> Resolvers()
    {
        const string file = "/etc/resolv.conf";
        if (!File.Exists(file)) return [];
        return [.. File.ReadLines(file)
            .Select(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["nameserver", _, ..])
            .Select(words => IPAddress.TryParse(words[1], out var address) ? address : null)
            .OfType<IPAddress>().Where(a => !IPAddress.IsLoopback(a) && a.ScopeIdOrZero() == 0)];
    }

    private static long ScopeIdOrZero(this IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? address.ScopeId : 0;
}
