using System.Globalization;
using System.Net;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Cumulet.ControlPlane.Compute.Servers;
using Cumulet.ControlPlane.Sagas;

namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>
/// This test program run as a cloud of its own, so that it can be killed: told what to do by lines on its standard input, it
/// answers with lines that begin with <see cref="Mark"/>; all others are its log.
/// </summary>
internal static class CloudHost
{
    public const string Argument = "cloud-host";
    public const string Mark = "@@";
    /// <summary>How long anything may take to come to a final state.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    /// <summary>How long what a test prepares may take, many of them side by side.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    public const string Password = "only for tests 1!";

    /// <param name="arguments">The argument itself, the state folder, the bytes that the pool keeps free, and a PostgreSQL connection string or nothing.</param>
    public static async Task<int> Run(string[] arguments)
    {
        // A saga that is held keeps its thread.
        ThreadPool.SetMinThreads(64, 64);
        var cloud = await Cloud.Start(new CloudOptions
        {
            StateDirectory = arguments[1],
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Hypervisor = HypervisorKind.Fake,
            HostName = "test-host",
            FakeHosts = 3,
            PasswordCost = 4,
            FirstPasswords = (Password, Password),
            // What the tests promise is more than a small disk has.
            DiskRatio = 100_000,
            DiskReserve = long.Parse(arguments[2], CultureInfo.InvariantCulture),
            BackupTarget = Directory.CreateDirectory(arguments[1] + "-backups").FullName,
            Postgres = arguments.Length > 3 ? arguments[3] : null,
        });
        await using (cloud)
        {
            Answer(cloud.Url);
            while (await Console.In.ReadLineAsync() is { } line)
            {
                switch (line.Split(' ', 2))
                {
                    case ["arm", var fault]:
                        FaultPoint.Arm(fault);
                        Answer("armed");
                        break;
                    case ["held", ..]:
                        Answer(await FaultPoint.Held(Patience) ? "" : "no");
                        break;
                    case ["quiet", ..]:
                        await cloud.Parts.Sagas.Settled().WaitAsync(Patience);
                        Answer("");
                        break;
                    case ["end", var guest]:
                        ((FakeHypervisor)cloud.Rooms.Compute.Hypervisor).Happen(Guid.Parse(guest), VmEvent.Ended);
                        Answer("");
                        break;
                    case ["chain", var volume]:
                        Answer($"{ChainOf(cloud, volume)}");
                        break;
                    case ["settle", ..]:
                        FaultPoint.Arm(null);
                        Answer(await Settle(cloud));
                        break;
                    case ["sagas", ..]:
                        Answer(string.Join('|', cloud.Parts.Sagas.Registered.Select(Describe)));
                        break;
                }
            }
        }
        return 0;
    }

    /// <summary>How many layers a volume's disk has.</summary>
    private static int ChainOf(Cloud cloud, string volume)
    {
        var head = cloud.Parts.Database.Read(tx => tx.Query($"SELECT layer_id FROM volumes WHERE id = {volume}", row => Guid.Parse(row.Text()))).Single();
        return cloud.Rooms.Layers.ChainOf(head).Layers.Count;
    }

    private static async Task<bool> IsFinal(Cloud cloud)
    {
        try
        {
            await cloud.Parts.Sagas.Settled().WaitAsync(Limit);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static string Describe(Saga saga) => string.Join('\t', saga.Describe()
        .Select((step, i) => $"{step.Name}\t{step.Undo}\t{(saga.IsCommit(i) ? "commit" : "effect")}").Prepend(saga.Name));

    private static void Answer(string text) => Console.Out.WriteLine($"{Mark}{text}");

    /// <summary>What the audit finds when nothing runs any more; files are removed behind the sagas, so it is asked again for a while.</summary>
    private static async Task<string> Settle(Cloud cloud)
    {
        if (!await IsFinal(cloud)) return $"sagas still run after {Limit.TotalSeconds} s: {string.Join(", ", cloud.Parts.Database.Read(SagaJournal.Unfinished).Select(s => $"{s.Name} of {s.Lane} at step {s.Step}: {s.Cause}"))}";
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var findings = await cloud.Audit.Run(CancellationToken.None);
            if (findings.Count == 0) return "";
            if (TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(5))
                return string.Join(" | ", findings.Select(f => $"{f.Invariant}: {f.Text}"));
            await Task.Delay(50);
        }
    }
}
