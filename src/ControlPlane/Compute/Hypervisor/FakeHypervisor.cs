using System.Collections.Concurrent;
using System.Globalization;
using Cumulet.ControlPlane.Compute.Servers;
using Cumulet.ControlPlane.Layers;

namespace Cumulet.ControlPlane.Compute.Hypervisor;

/// <summary>
/// Runs nothing: carries load tests, API tests and the tests of other people's tools. Servers steer it by metadata
/// (docs/fake-hypervisor.md): <c>fake:delay</c>, <c>fake:fail</c>, <c>fake:lose-host</c>.
/// </summary>
public sealed class FakeHypervisor(TimeProvider time) : IHypervisor
{
    private sealed record Guest(VmPlan Plan)
    {
        public PowerState Power { get; set; } = PowerState.Running;
        /// <summary>Empty for a guest taken back.</summary>
        public string Host { get; set; } = Plan.Host;
        /// <summary>Null for a guest taken back, of which nothing is known.</summary>
        public ConcurrentDictionary<string, string?>? Disks { get; init; } = new(Plan.Disks.Select(d => KeyValuePair.Create(d.DeviceId, (string?)null)));
    }

    private readonly ConcurrentDictionary<Guid, Guest> _guests = new();
    /// <summary>Guests that have cost their host once: evacuated, they leave the next one alone.</summary>
    private readonly ConcurrentDictionary<Guid, string> _lost = new();
    private readonly CancellationTokenSource _end = new();
    private Action<Guid, VmEvent> _watcher = (_, _) => { };

    public HostFacts Facts { get; } = new("fake", 1_000, 1_000, 800_000, """{"arch": "x86_64", "model": "fake", "vendor": "fake", "topology": {"cores": 1, "threads": 1, "sockets": 1000}, "features": []}""");

    public void Watch(Action<Guid, VmEvent> watcher) => _watcher = watcher;

    public async Task Start(VmPlan plan, Func<string, Task> remember, CancellationToken cancel)
    {
        await Delay(plan, cancel);
        Fail(plan, "start");
        foreach (var nic in plan.Nics) nic.Tap?.Dispose();
        await remember($"fake:{plan.Id}");
        _guests[plan.Id] = new Guest(plan);
        if (Milliseconds(plan, "fake:lose-host") is { } after && _lost.TryAdd(plan.Id, plan.Host)) _ = LoseHost(plan.Id, after);
    }

    private static TimeSpan? Milliseconds(VmPlan plan, string knob) =>
        plan.Knobs.TryGetValue(knob, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? TimeSpan.FromMilliseconds(milliseconds)
            : null;

    private Task Delay(VmPlan plan, CancellationToken cancel) =>
        Milliseconds(plan, "fake:delay") is { } delay ? Task.Delay(delay, time, cancel) : Task.CompletedTask;

    private async Task LoseHost(Guid id, TimeSpan after)
    {
        await Task.Delay(after, time, _end.Token);
        if (_guests.ContainsKey(id)) _watcher(id, VmEvent.HostLost);
    }

    public async Task Migrate(Guid id, string host, CancellationToken cancel)
    {
        if (!_guests.TryGetValue(id, out var guest) || guest.Host == host) return;
        await Delay(guest.Plan, cancel);
        Fail(guest.Plan, "migrate");
        guest.Host = host;
    }

    private static void Fail(VmPlan plan, string step)
    {
        if (plan.Knobs.GetValueOrDefault("fake:fail") == step)
            throw new HypervisorException($"the fake hypervisor was told to fail at '{step}' (metadata fake:fail)");
    }

    /// <summary>What a test does to a guest from outside: it goes down, or dies.</summary>
    public void Happen(Guid id, VmEvent what)
    {
        if (what is VmEvent.Ended or VmEvent.Crashed) _guests.TryRemove(id, out _);
        _watcher(id, what);
    }

    public bool Runs(Guid id) => _guests.ContainsKey(id);

    /// <summary>As what a guest was started; null where none runs.</summary>
    public VmPlan? PlanOf(Guid id) => _guests.TryGetValue(id, out var guest) ? guest.Plan : null;

    public Task<bool> Shutdown(Guid id, TimeSpan patience, CancellationToken cancel)
    {
        _guests.TryRemove(id, out _);
        return Task.FromResult(true);
    }

    public Task Destroy(Guid id, CancellationToken cancel)
    {
        _guests.TryRemove(id, out _);
        return Task.CompletedTask;
    }

    public Task Suspend(Guid id, CancellationToken cancel)
    {
        if (_guests.TryGetValue(id, out var guest)) Fail(guest.Plan, "suspend");
        _guests.TryRemove(id, out _);
        return Task.CompletedTask;
    }

    public Task Pause(Guid id, CancellationToken cancel) => Set(id, PowerState.Paused);

    public Task Resume(Guid id, CancellationToken cancel) => Set(id, PowerState.Running);

    public Task Interrupt(Guid id, CancellationToken cancel) =>
        Runs(id) ? Task.CompletedTask : throw new HypervisorException("the guest does not run");

    private Task Set(Guid id, PowerState power)
    {
        if (!_guests.TryGetValue(id, out var guest)) throw new HypervisorException("the guest does not run");
        guest.Power = power;
        return Task.CompletedTask;
    }

    public async Task AttachDisk(Guid id, VmDisk disk, CancellationToken cancel)
    {
        await Step(id, "attach-disk");
        if (_guests.TryGetValue(id, out var guest)) guest.Disks?.TryAdd(disk.DeviceId, null);
    }

    public async Task DetachDisk(Guid id, string deviceId, CancellationToken cancel)
    {
        await Step(id, "detach-disk");
        if (_guests.TryGetValue(id, out var guest)) guest.Disks?.TryRemove(deviceId, out _);
    }

    public Task<IReadOnlyDictionary<string, string?>?> DisksOf(Guid id, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyDictionary<string, string?>?>(_guests.TryGetValue(id, out var guest) ? guest.Disks : null);

    public Task AttachNic(Guid id, VmNic nic, CancellationToken cancel)
    {
        nic.Tap?.Dispose();
        return Step(id, "attach-nic");
    }

    public Task DetachNic(Guid id, string deviceId, CancellationToken cancel) => Step(id, "detach-nic");

    private Task Step(Guid id, string step)
    {
        if (_guests.TryGetValue(id, out var guest)) Fail(guest.Plan, step);
        return Task.CompletedTask;
    }

    public bool HasDisksOpen(Guid id) => false;

    // No process has the files open: whoever asks may change them directly.
    public Task<bool> SwitchHeads(Guid id, IReadOnlyList<NewHead> heads, CancellationToken cancel) => Task.FromResult(false);

    public Task<bool> ResizeDisk(Guid id, string deviceId, long bytes, CancellationToken cancel) => Task.FromResult(false);

    public Task<bool> MergeLayers(Guid id, string deviceId, LayerMerge merge, CancellationToken cancel) => Task.FromResult(false);

    public Task<string> ConsoleLog(Guid id, int? lines, CancellationToken cancel) => Task.FromResult(
        _guests.ContainsKey(id) ? "FAKE CONSOLE OUTPUT\nANOTHER\nLAST LINE" : "");

    public Task<Stream> OpenScreen(Guid id, CancellationToken cancel) =>
        throw new HypervisorException("the fake hypervisor has no screens");

    public Task<PowerState> Recover(Guid id, string handle, CancellationToken cancel)
    {
        _guests[id] = new Guest(new VmPlan { Id = id, Number = 0, Vcpus = 1, RamMib = 1, Disks = [], Nics = [] }) { Disks = null };
        return Task.FromResult(PowerState.Running);
    }

    public Task<int> EndStrays(IReadOnlySet<Guid> servers, CancellationToken cancel) => Task.FromResult(0);

    public void ForgetFirmware(Guid id) { }

    public IReadOnlyDictionary<Guid, bool>? Kept() => null;

    public Task Forget(Guid id)
    {
        _lost.TryRemove(id, out _);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _end.Cancel();
        return ValueTask.CompletedTask;
    }
}
