using System.Diagnostics;
using Cumulet.ControlPlane.Tests;

namespace Cumulet.Cloud.Tests;

/// <summary>The same cloud with its state in a PostgreSQL of its own.</summary>
public sealed class FakeCloudOnPostgres : RealCloud
{
    private readonly PrivatePostgres _server = new();

    protected override string Hypervisor => "fake";
    protected override string[] MoreOptions => ["--postgres", Path.Combine(Work, "postgres")];

    public override async ValueTask InitializeAsync()
    {
        await _server.InitializeAsync();
        Directory.CreateDirectory(Work);
        await File.WriteAllTextAsync(Path.Combine(Work, "postgres"), await _server.NewDatabase(), TestContext.Current.CancellationToken);
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _server.DisposeAsync();
    }
}

/// <summary><c>cumulet reset</c> leaves nothing that was made, and everything by which clients find the cloud.</summary>
public abstract class ResetTests(RealCloud cloud)
{
    [Fact]
    public async Task Fifty_servers_and_all_else_that_was_made_are_gone_and_clients_go_on()
    {
        var file = Path.Combine(cloud.Work, "disk.raw");
        await File.WriteAllBytesAsync(file, new byte[1 << 20], TestContext.Current.CancellationToken);
        (await cloud.Openstack($"image create --disk-format raw --container-format bare --file {file} small")).Succeeded();
        (await cloud.Openstack("quota set --instances -1 --cores -1 --ram -1 --ports -1 admin")).Succeeded();
        (await cloud.Openstack("server create --image small --flavor m1.tiny --network private --min 50 --max 50 --wait many")).Succeeded();
        Assert.Equal(50, (await cloud.Json("server list")).GetArrayLength());
        foreach (var line in (string[])["volume create --size 1 mine", "network create mine", "project create mine", "flavor create --ram 64 --disk 1 --vcpus 1 mine"])
            (await cloud.Openstack(line)).Succeeded();

        var watch = Stopwatch.StartNew();
        (await cloud.Cumulet("reset", "--state", cloud.State)).Succeeded();
        Console.WriteLine($"{GetType().Name}: reset of 50 servers took {watch.ElapsedMilliseconds} ms");

        // With the password and at the address from before.
        foreach (var kind in (string[])["server", "volume", "volume snapshot"]) Assert.Equal(0, (await cloud.Json($"{kind} list")).GetArrayLength());
        foreach (var kind in (string[])["network", "project", "flavor", "image"])
            Assert.DoesNotContain((await cloud.Json($"{kind} list")).EnumerateArray(), row => row.GetProperty("Name").GetString() is "mine" or "small");
        await cloud.RequireCleanAudit();
    }
}

public sealed class SqliteResetTests(FakeCloud cloud) : ResetTests(cloud), IClassFixture<FakeCloud>;

public sealed class PostgresResetTests(FakeCloudOnPostgres cloud) : ResetTests(cloud), IClassFixture<FakeCloudOnPostgres>;
