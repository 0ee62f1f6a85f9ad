using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Cumulet.Cloud.Tests;

/// <summary>The daemon's own commands as a person meets them, on the fake hypervisor: no guest is needed to see these.</summary>
public sealed class FakeCloud : RealCloud
{
    protected override string Hypervisor => "fake";
}

public sealed class DaemonTests(FakeCloud cloud) : IClassFixture<FakeCloud>
{
    [Fact]
    public async Task A_second_up_says_that_it_runs_already()
    {
        var answer = await cloud.Up();
        Assert.Equal(0, answer.ExitCode);
        Assert.Contains("runs already", answer.Out);
    }

    [Fact]
    public async Task Up_in_the_foreground_introduces_itself_and_stays_until_down()
    {
        var state = Path.Combine(cloud.Work, "foreground");
        var clouds = Path.Combine(cloud.Home, ".config/openstack/clouds.yaml");
        var running = cloud.Cumulet("up", "--foreground", "--state", state, "--listen", "127.0.0.1:0", "--hypervisor", "fake", "--guest-image", "");
        await RealCloud.Until(async () => (await File.ReadAllTextAsync(clouds)).Contains(state, StringComparison.Ordinal), "an entry in clouds.yaml");
        Assert.False(running.IsCompleted);
        (await cloud.Cumulet("down", "--state", state)).Succeeded();
        var said = (await running).Succeeded();
        Assert.Matches(@"^The cloud is up: http://127\.0\.0\.1:(\d+)\n", said);
        var port = new Uri(said.Split('\n')[0].Split(' ')[^1]).Port;
        Assert.Contains($"cumulet-{port}:", await File.ReadAllTextAsync(clouds, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Up_after_down_keeps_what_was_made()
    {
        (await cloud.Openstack("flavor create --ram 64 --disk 1 --vcpus 1 kept-flavor")).Succeeded();
        (await cloud.Cumulet("down", "--state", cloud.State)).Succeeded();
        (await cloud.Up()).Succeeded();
        Assert.Equal("64", await cloud.Value("flavor show kept-flavor", "ram"));
    }

    [Fact]
    public async Task A_start_after_a_kill_waits_for_what_still_has_the_daemons_lock()
    {
        var state = Path.Combine(cloud.Work, "killed");
        string[] up = ["up", "--state", state, "--listen", "127.0.0.1:0", "--hypervisor", "fake", "--guest-image", ""];
        (await cloud.Cumulet(up)).Succeeded();
        using (var daemon = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(state, "daemon.json"), TestContext.Current.CancellationToken)))
        {
            var pid = daemon.RootElement.GetProperty("Pid").GetInt32();
            Process.GetProcessById(pid).Kill();
            await RealCloud.Until(() => Task.FromResult(!Directory.Exists($"/proc/{pid}")), "the end of the daemon");
        }
        // As a program does that the daemon was starting in that moment.
        var path = Path.Combine(state, "cumulet.lock");
        using var heir = Process.Start("flock", ["--exclusive", path, "sleep", "1"]);
        await RealCloud.Until(() => Task.FromResult(IsLocked(path)), "the lock");
        Assert.Contains("is up", (await cloud.Cumulet(up)).Succeeded(), StringComparison.Ordinal);
        Assert.True(heir.HasExited);
        (await cloud.Cumulet("down", "--state", state)).Succeeded();
    }

    private static bool IsLocked(string path)
    {
        try
        {
            File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_the_mend()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var answer = await cloud.Cumulet("up", "--state", Path.Combine(cloud.Work, "other"), "--listen", $"127.0.0.1:{port}", "--hypervisor", "fake");
        Assert.Equal(1, answer.ExitCode);
        Assert.Matches($@"^cumulet: 127\.0\.0\.1:{port} is in use .* --listen", answer.Error);
    }

    [Theory]
    [InlineData("an address elsewhere", "--listen 203.0.113.9:8774", "^cumulet: 203\\.0\\.113\\.9 is no address of this machine; --listen ")]
    [InlineData("a state folder that cannot be", "--state /proc/no-such-folder", "^cumulet: .*'/proc/no-such-folder'")]
    [InlineData("no such file of PostgreSQL", "--postgres /no/such.conn", "^cumulet: .*/no/such\\.conn")]
    [InlineData("half a certificate", "--tls-cert /no/such.pem", "^cumulet: --tls-cert and --tls-key go together")]
    [InlineData("another hypervisor", "--hypervisor xen", "'xen' not recognized.*\n.*'qemu'")]
    public async Task What_keeps_it_from_starting_is_said_in_one_line(string what, string options, string said)
    {
        string[] usual = ["up", "--state", Path.Combine(cloud.Work, "unstartable"), "--listen", "127.0.0.1:0", "--hypervisor", "fake"];
        // The option that is wrong takes the place of the usual one.
        var words = options.Split(' ');
        var at = Array.IndexOf(usual, words[0]);
        string[] all = at < 0 ? [.. usual, .. words] : [.. usual[..at], .. words, .. usual[(at + 2)..]];
        var answer = await cloud.Cumulet(all);
        Assert.True(answer.ExitCode == 1, what);
        Assert.Matches(said, answer.Error);
        Assert.DoesNotContain("   at ", answer.Error);
    }

    [Fact]
    public async Task PostgreSQL_that_does_not_answer_is_said_without_its_password()
    {
        var file = Path.Combine(cloud.Work, "gone.conn");
        await File.WriteAllTextAsync(file, "Host=127.0.0.1;Port=1;Username=u;Password=hidden-word;Database=d", TestContext.Current.CancellationToken);
        var answer = await cloud.Cumulet("up", "--state", Path.Combine(cloud.Work, "unstartable"), "--listen", "127.0.0.1:0", "--hypervisor", "fake", "--postgres", file);
        Assert.Equal(1, answer.ExitCode);
        Assert.Matches("^cumulet: PostgreSQL does not take the connection ", answer.Error);
        Assert.DoesNotContain("hidden-word", answer.Error);
    }

    [Fact]
    public async Task A_cloud_without_an_image_says_how_to_bring_one()
    {
        var other = Path.Combine(cloud.Work, "imageless");
        var up = await cloud.Cumulet("up", "--state", other, "--listen", "127.0.0.1:0", "--hypervisor", "fake", "--guest-image", "");
        Assert.Contains("openstack image create", up.Error);
        (await cloud.Cumulet("down", "--state", other)).Succeeded();
        var typo = await cloud.Cumulet("up", "--state", other, "--listen", "127.0.0.1:0", "--hypervisor", "fake", "--guest-image", "/no/such.qcow2");
        Assert.Equal((1, "cumulet: --guest-image '/no/such.qcow2': no such file\n"), (typo.ExitCode, typo.Error));
    }

    [Fact]
    public async Task Two_clouds_run_side_by_side_and_each_is_stopped_alone()
    {
        var other = Path.Combine(cloud.Work, "second");
        (await cloud.Cumulet("up", "--state", other, "--listen", "127.0.0.1:0", "--hypervisor", "fake")).Succeeded();
        (await cloud.Cumulet("down", "--state", other)).Succeeded();
        (await cloud.Openstack("token issue")).Succeeded();
    }

    [Fact]
    public void What_holds_passwords_is_readable_by_the_owner_only()
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        foreach (var file in (string[])["openrc", "credentials.json", "cumulet.db"])
            Assert.Equal(ownerOnly, File.GetUnixFileMode(Path.Combine(cloud.State, file)));
        Assert.Equal(ownerOnly, File.GetUnixFileMode(Path.Combine(cloud.Home, ".config/openstack/clouds.yaml")));
    }

    [Fact]
    public async Task Other_entries_of_the_users_clouds_yaml_stay()
    {
        var path = Path.Combine(cloud.Home, ".config/openstack/clouds.yaml");
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(path, text.Replace("clouds:", "# mine\nclouds:\n  elsewhere: # far\n    auth:\n      auth_url: https://example.org/v3")
            + "  last:\n    # a comment\n    auth: {auth_url: https://example.org/v4}\n", TestContext.Current.CancellationToken);
        var before = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        (await cloud.Cumulet("down", "--state", cloud.State)).Succeeded();
        (await cloud.Up()).Succeeded();
        Assert.Equal(before, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        (await cloud.Openstack("token issue")).Succeeded();
    }

    [Fact]
    public async Task A_killed_daemon_comes_up_again_with_everything()
    {
        (await cloud.Openstack("network create before-the-kill")).Succeeded();
        using var daemon = Process.GetProcessById(int.Parse(await Pid()));
        daemon.Kill();
        await daemon.WaitForExitAsync(TestContext.Current.CancellationToken);
        (await cloud.Up()).Succeeded();
        Assert.Equal("before-the-kill", await cloud.Value("network show before-the-kill", "name"));
        await cloud.RequireCleanAudit();
    }

    private async Task<string> Pid()
    {
        using var document = System.Text.Json.JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Combine(cloud.State, "daemon.json"), TestContext.Current.CancellationToken));
        return document.RootElement.GetProperty("Pid").GetRawText();
    }
}
