using System.Collections.Concurrent;
using Cumulet.ControlPlane.Tests.Foundation;

namespace Cumulet.ControlPlane.Tests.Faults;

/// <summary>What the cloud has acknowledged, to be asked for afterwards.</summary>
internal sealed class Ledger(KillableCloud cloud)
{
    private static readonly (string Path, string Key)[] Kinds =
    [
        ("/network/v2.0/networks", "network"),
        ("/network/v2.0/security-groups", "security_group"),
        ("/identity/v3/projects", "project"),
        ("/identity/v3/users", "user"),
        ("/compute/v2.1/os-keypairs", "keypair"),
        ("/compute/v2.1/os-server-groups", "server_group"),
        ("/volume/v3/{project}/types", "volume_type"),
        ("/volume/v3/{project}/volumes", "volume"),
        ("/image/v2/images", ""),
    ];

    private readonly ConcurrentBag<(string Path, string Key)> _there = [];

    public int Count => _there.Count;

    /// <summary>One of every kind; what the cloud answered to each.</summary>
    public Task<int[]> Write() => Task.WhenAll(Kinds.Select(k => Write(k.Path, k.Key)));

    private async Task<int> Write(string path, string key)
    {
        var name = $"ledger-{Guid.NewGuid():N}";
        var more = key switch
        {
            "volume" => ",\"size\":1",
            "server_group" => ",\"policy\":\"affinity\"",
            "" => ",\"disk_format\":\"raw\",\"container_format\":\"bare\"",
            _ => "",
        };
        var body = $$"""{"name":"{{name}}"{{more}}}""";
        try
        {
            var made = await cloud.Send("POST", path, key == "" ? body : $$"""{"{{key}}":{{body}}}""");
            var one = key == "" ? made : made.GetProperty(key);
            _there.Add(($"{path}/{(key == "keypair" ? name : one.GetProperty("id").GetString())}", name));
            return 200;
        }
        catch (RefusedException refused)
        {
            FaultTests.RequireClear(refused);
            return refused.Status;
        }
    }

    /// <summary>Every resource that was acknowledged is there, with its name.</summary>
    public async Task Holds()
    {
        foreach (var (path, name) in _there)
        {
            var text = (await cloud.Send("GET", path)).GetRawText();
            Assert.Contains(name, text, StringComparison.Ordinal);
        }
    }

    public async Task Remove()
    {
        foreach (var (path, _) in _there) await cloud.Send("DELETE", path, null, 404);
        _there.Clear();
    }
}
