using System.Text.RegularExpressions;

namespace Cumulet.Cloud.Tests;

/// <summary>
/// The mission document's own command lines, read from the document and run as they stand there: only the ids that it makes
/// up are replaced by real ones.
/// </summary>
public sealed partial class MissionTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    private static string Document => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Mission.md"));

    [GeneratedRegex(@"^\s*(openstack .+)$", RegexOptions.Multiline)]
    private static partial Regex CommandLines();

    public static List<string> Lines() =>
        [.. CommandLines().Matches(Document).Select(m => m.Groups[1].Value.Trim()).Distinct(StringComparer.Ordinal)];

    [Fact]
    public void The_document_has_the_command_lines_that_we_know() => Assert.Equal(13, Lines().Count);

    [Fact]
    public async Task Every_command_line_of_the_document_runs()
    {
        var image = await cloud.ImageId();
        var network = await cloud.Value("network show private", "id");
        await File.WriteAllTextAsync(Path.Combine(cloud.Work, "user-data.txt"), "#!/bin/sh\necho mission\n", TestContext.Current.CancellationToken);
        (await cloud.Openstack("keypair create my-key")).Succeeded();
        // The default groups and addresses allow many servers; the flavor's 20 GB disks are thin.
        foreach (var line in Lines())
        {
            var name = $"mission-{Guid.NewGuid():N}"[..16];
            var typed = line
                .Replace("<block-device-mapping>", "source=image,id=<image-id>,dest=volume,size=<volume-size>,shutdown=remove,bootindex=0")
                .Replace("<image-id>", image).Replace("1234abcd-5678-efgh-9101-ijklmnopqrst", image)
                .Replace("<network-id>", network).Replace("5678efgh-1234-abcd-9101-ijklmnopqrst", network)
                .Replace("<flavor-id>", "m1.tiny").Replace("<volume-size>", "1").Replace("<instance-name>", name);
            var words = Command.Words(typed);
            if (words[^1] == "my-instance") words[^1] = name;
            var answer = await cloud.Openstack(words[1..]);
            Assert.True(answer.ExitCode == 0, $"{typed}\n{answer.Error}\n{answer.Out}");
            if (!typed.Contains("server create")) continue;
            await RequireActive(name, volumeBacked: typed.Contains("--block-device"));
            (await cloud.Openstack($"server delete --wait {name}")).Succeeded();
        }
        Assert.Empty((await cloud.Json("volume list")).EnumerateArray());
        await cloud.RequireCleanAudit();
    }

    private async Task RequireActive(string name, bool volumeBacked)
    {
        for (var i = 0; i < 300; i++)
        {
            var status = await cloud.Value($"server show {name}", "status");
            if (status == "ACTIVE") break;
            Assert.True(status == "BUILD", $"{name} is {status}: {(await cloud.Openstack($"server show {name}")).Out}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        Assert.Equal("ACTIVE", await cloud.Value($"server show {name}", "status"));
        Assert.Equal(volumeBacked ? 1 : 0, (await cloud.Json("volume list")).GetArrayLength());
    }
}
