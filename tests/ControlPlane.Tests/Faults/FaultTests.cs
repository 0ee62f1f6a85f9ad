using Cumulet.ControlPlane.Tests.Foundation;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.Faults;

/// <summary>
/// What the cloud stands on breaks under every operation at once, half of them begun before and half tried meanwhile, and is
/// mended: nothing hangs, nothing is answered with a failure of ours, what was acknowledged is there, every saga comes to
/// an end and the audit is clean; in the same process and in the next one.
/// </summary>
public sealed class FaultTests
{
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly string[] Reads =
    [
        "/compute/v2.1/servers/detail", "/volume/v3/{project}/volumes/detail", "/network/v2.0/ports", "/image/v2/images", "/identity/v3/users",
        "/volume/v3/{project}/scheduler-stats/get_pools?detail=true", "/compute/v2.1/os-hypervisors/detail",
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10)]
    public Task Disk_of_database_and_pool_with_so_many_megabytes_left(int megabytes) => Survives(new FullDisk((long)megabytes << 20));

    [Fact]
    public async Task Disk_of_the_pool_alone() => await Survives(new FullDisk(0, await LostPostgres.Start()));

    [Fact]
    public Task Disk_that_becomes_read_only() => Survives(new ReadOnlyDisk());

    [Theory]
    [InlineData("w")]
    [InlineData("r")]
    public Task Disk_that_answers_with_errors(string what) => Survives(new BrokenDisk(what));

    [Fact]
    public async Task Database_server_that_dies_and_comes_back() => await Survives(await LostPostgres.Start());

    private static async Task Survives(Fault fault)
    {
        await using var ends = fault;
        await using var cloud = new KillableCloud(fault.State, fault.Postgres) { Environment = fault.Environment, DiskReserve = 0 };
        try
        {
            await Survives(fault, cloud);
        }
        catch (Exception failure)
        {
            // Its last words say why.
            throw new InvalidOperationException($"{failure.Message}\n{cloud.Log}", failure);
        }
    }

    private static async Task Survives(Fault fault, KillableCloud cloud)
    {
        await cloud.Start();
        await cloud.LiftQuotas();
        var ledger = new Ledger(cloud);
        await ledger.Write();
        var (begun, tried) = (await Prepare(cloud), await Prepare(cloud));
        var (uploads, guest) = (await Uploads.Prepare(cloud), await Guest(cloud));
        await Clean(cloud, "before the fault");

        uploads.Begin();
        var answers = begun.Select(a => Status(a.Trigger)).ToList();
        // Half of them are on their way then, at whatever step.
        var first = answers.Count / 2;
        await foreach (var _ in Task.WhenEach(answers).WithCancellation(TestContext.Current.CancellationToken))
            if (--first <= 0) break;
        await fault.Strike();
        answers.AddRange(tried.Select(a => Status(a.Trigger)));
        uploads.Try();
        await cloud.EndGuest(guest);
        var writes = Task.WhenAll(ledger.Write(), ledger.Write(), ledger.Write());
        var reads = Task.WhenAll(Reads.Select(path => Status(() => cloud.Send("GET", path))));
        await Task.Delay(Lasts, TestContext.Current.CancellationToken);
        var (written, read) = (await writes.WaitAsync(Limit), await reads.WaitAsync(Limit));
        if (!fault.IsMendedUnderTheCloud) await Killed(cloud);
        await fault.Mend();
        if (!fault.IsMendedUnderTheCloud) await cloud.Start();

        var actions = await Task.WhenAll(answers).WaitAsync(Limit);
        var sent = await uploads.End().WaitAsync(Limit);
        Console.WriteLine($"{fault.GetType().Name}: actions {Counted(actions)}; writes {Counted(written.SelectMany(w => w))}; "
            + $"reads {Counted(read)}; uploads {Counted(sent)}");
        if (fault.IsMendedUnderTheCloud) await Ended(cloud, guest);
        await Clean(cloud, "when it was mended");
        await ledger.Holds();
        Assert.All(await ledger.Write(), status => Assert.Equal(200, status));
        await Killed(cloud);
        await cloud.Start();
        await Clean(cloud, "after a restart");
        await ledger.Holds();
        await cloud.Send("DELETE", $"/compute/v2.1/servers/{guest}");
        await Task.WhenAll(begun.Concat(tried).Select(a => a.Clean()).Append(ledger.Remove()).Append(uploads.Remove()));
        await Clean(cloud, "after the removal");
    }

    private static async Task<string> Guest(KillableCloud cloud)
    {
        var image = (await cloud.Send("GET", "/image/v2/images?name=boot")).GetProperty("images")[0].GetProperty("id").GetString();
        var server = await cloud.Send("POST", "/compute/v2.1/servers", $$"""{"server":{"name":"ends","flavorRef":"1","imageRef":"{{image}}","networks":"none"} }""");
        await cloud.Quiet();
        return server.GetProperty("server").GetProperty("id").GetString()!;
    }

    /// <summary>What the hypervisor saw while nothing could be written down is written when it can.</summary>
    private static async Task Ended(KillableCloud cloud, string guest)
    {
        var status = "";
        for (var i = 0; i < 300 && status != "SHUTOFF"; i++)
        {
            status = (await cloud.Send("GET", $"/compute/v2.1/servers/{guest}")).GetProperty("server").GetProperty("status").GetString();
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        Assert.Equal("SHUTOFF", status);
    }

    private static async Task Killed(KillableCloud cloud)
    {
        cloud.Kill();
        await cloud.Died();
    }

    private static async Task<List<Attempt>> Prepare(KillableCloud cloud)
    {
        // The first two make what all others use: an image, a volume type.
        string[] first = ["create-server", "create-volume"];
        var attempts = new List<Attempt>();
        foreach (var saga in first) attempts.Add(await Scenarios.All[saga](cloud, cloud.NewName(saga)));
        attempts.AddRange(await Task.WhenAll(Scenarios.All.Where(s => !first.Contains(s.Key)).Select(s => s.Value(cloud, cloud.NewName(s.Key)))));
        return attempts;
    }

    internal static async Task<int> Status(Func<Task> request)
    {
        try
        {
            await request();
            return 200;
        }
        catch (RefusedException refused)
        {
            RequireClear(refused);
            return refused.Status;
        }
        catch (HttpRequestException)
        {
            // The cloud was killed for the mending; nothing was acknowledged.
            return 0;
        }
    }

    /// <summary>A refusal that says what is the matter and whose it is; 503 and 507 where it is the cloud's.</summary>
    internal static void RequireClear(RefusedException refused)
    {
        Assert.True(refused.Status is < 500 or 503 or 507, refused.Message);
        Assert.DoesNotContain("   at ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", refused.Message, StringComparison.Ordinal);
    }

    private static string Counted(IEnumerable<int> statuses) =>
        string.Join(", ", statuses.GroupBy(s => s).OrderBy(g => g.Key).Select(g => $"{g.Count()} × {g.Key}"));

    private static async Task Clean(KillableCloud cloud, string when)
    {
        var findings = await cloud.Settle();
        Assert.True(findings.Length == 0, $"{when}: {findings}\n{cloud.Log}");
    }
}
