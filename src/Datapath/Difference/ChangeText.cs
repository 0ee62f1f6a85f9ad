using System.Text;

namespace Cumulet.Datapath.Difference;

/// <summary>A change as a person reads it; also what golden files hold.</summary>
static class ChangeText
{
    public static string Write(Change change)
    {
        var text = new StringBuilder();
        foreach (var name in change.Created)
            text.Append($"namespace {name} +\n");
        foreach (var one in change.Namespaces)
        {
            text.Append($"\n[{(one.Name.Length == 0 ? "host" : one.Name)}]\n");
            foreach (var line in Lines(one))
                text.Append(line).Append('\n');
            if (one.Dnsmasq is { } files && one.DnsmasqAction is not (Difference.DnsmasqAction.None or Difference.DnsmasqAction.Stop))
                text.Append($"--- dnsmasq.conf\n{files.Configuration}--- hosts\n{files.Hosts}--- options\n{files.Options}--- names\n{files.Names}");
        }
        foreach (var state in change.Deleted)
            text.Append($"namespace {state.Name} -\n");
        return text.ToString();
    }

    public static IEnumerable<string> Lines(NamespaceChange one)
    {
        foreach (var line in one.Nft)
            yield return $"nft {line}";
        foreach (var (path, value) in one.Sysctls)
            yield return $"sysctl net/{path} = {value}";
        foreach (var line in one.Ip)
            yield return $"ip {line}";
        foreach (var device in one.FullChecksums)
            yield return $"full checksums on {device}";
        if (one.DnsmasqAction != DnsmasqAction.None)
            yield return $"dnsmasq {one.DnsmasqAction.ToString().ToLowerInvariant()}";
        foreach (var (device, address) in one.Announced)
            yield return $"announce {address} on {device}";
    }
}
