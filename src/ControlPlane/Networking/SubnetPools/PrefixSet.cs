using System.Net;
using Cumulet.ControlPlane.Networking.Addresses;

namespace Cumulet.ControlPlane.Networking.SubnetPools;

/// <summary>Arithmetic on prefixes. Pure.</summary>
internal static class PrefixSet
{
    /// <summary>Without duplicates and halves that make a whole.</summary>
    public static IReadOnlyList<IPNetwork> Compact(IEnumerable<IPNetwork> prefixes)
    {
        var set = prefixes.Distinct().OrderBy(p => IpNumber.Of(p.BaseAddress)).ThenBy(p => p.PrefixLength).ToList();
        set.RemoveAll(p => set.Exists(other => !other.Equals(p) && other.PrefixLength < p.PrefixLength && other.Contains(p.BaseAddress)));
        for (var i = 0; i + 1 < set.Count; i++)
        {
            if (Join(set[i], set[i + 1]) is not { } whole) continue;
            set[i] = whole;
            set.RemoveAt(i + 1);
            i = -1;
        }
        return set;
    }

    private static IPNetwork? Join(IPNetwork low, IPNetwork high)
    {
        if (low.PrefixLength != high.PrefixLength || low.PrefixLength == 0) return null;
        var version = IpNumber.Version(low.BaseAddress);
        var size = UInt128.One << (IpNumber.Bits(version) - low.PrefixLength);
        var first = IpNumber.Of(low.BaseAddress);
        return IpNumber.Of(high.BaseAddress) == first + size && (first & size) == 0
            ? new IPNetwork(low.BaseAddress, low.PrefixLength - 1)
            : null;
    }

    /// <summary>The lowest free prefix of a length; null where none is left.</summary>
    public static IPNetwork? FirstFree(IReadOnlyList<IPNetwork> from, IReadOnlyList<IPNetwork> taken, int length)
    {
        foreach (var prefix in from.OrderBy(p => IpNumber.Of(p.BaseAddress)))
        {
            if (prefix.PrefixLength > length) continue;
            var version = IpNumber.Version(prefix.BaseAddress);
            var size = UInt128.One << (IpNumber.Bits(version) - length);
            var (next, last) = IpNumber.Range(prefix);
            while (next <= last)
            {
                var candidate = new IPNetwork(IpNumber.ToAddress(next, version), length);
                var blocker = taken.Where(t => IpNumber.Overlap(t, candidate)).Select(t => (IPNetwork?)t).FirstOrDefault();
                if (blocker is not { } block) return candidate;
                // Behind what is in the way, at the next whole multiple.
                var end = UInt128.Max(IpNumber.Range(block).Last, next + (size - 1));
                if (end >= last) break;
                next = (end / size + 1) * size;
            }
        }
        return null;
    }
}
