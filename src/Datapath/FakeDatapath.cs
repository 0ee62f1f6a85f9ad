using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.Datapath;

/// <summary>
/// For `--hypervisor fake`: no device, no rule. Keeps the last plan, which costs the same for any number of ports.
/// </summary>
public sealed class FakeDatapath : IDatapath
{
    volatile NetworkPlan _plan = new();

    /// <summary>The plan in force.</summary>
    public NetworkPlan Plan => _plan;

    /// <summary>None: nothing can be served where no guest is.</summary>
    public IReadOnlyList<DatapathNamespace> Namespaces => [];

    public Task<ApplyResult> ApplyAsync(NetworkPlan plan, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _plan = plan;
        return Task.FromResult(new ApplyResult(0, 0, [], []));
    }

    public Task<IReadOnlyList<Disagreement>> AuditAsync(NetworkPlan plan, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Disagreement>>(
            ReferenceEquals(plan, _plan) || plan == _plan ? [] : [new Disagreement("", "another plan is in force")]);

    /// <summary>A handle on nothing, so that callers pass and close it as they would a tap's.</summary>
    public SafeFileHandle OpenTap(Guid portId) => File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);

    public Socket ListenIn(DatapathNamespace place, IPAddress address, int port) =>
        throw new DatapathException(DatapathFailure.NoSuchDevice, "the fake datapath has no namespaces to listen in");

    /// <summary>Nothing goes by.</summary>
    public Task<IReadOnlyList<MeterReading>> ReadMetersAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<MeterReading>>([.. from router in _plan.Routers from meter in router.Meters select new MeterReading(router.Id, meter.Id, 0, 0)]);

    public Task TeardownAsync(CancellationToken cancellationToken)
    {
        _plan = new NetworkPlan();
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
