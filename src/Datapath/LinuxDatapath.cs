using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Cumulet.Datapath.Compile;
using Cumulet.Datapath.Desired;
using Cumulet.Datapath.Difference;
using Cumulet.Datapath.Linux;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.Datapath;

/// <summary>
/// Networks of Linux bridges, namespaces and nftables.
///
/// One loop applies plans. It remembers what it applied last and sends only the difference; at its start, and after any
/// failure, it knows nothing and reads back what is there. So recovery after a crash is the ordinary way, and a plan
/// that is already in force costs no command that changes anything.
/// </summary>
public sealed class LinuxDatapath : IDatapath
{
    const int MaximumRevivals = 5;

    readonly Names _names;
    readonly PlanCompiler _compiler;
    readonly Executor _executor;
    readonly string _runFolder;
    readonly Channel<Request> _requests = Channel.CreateUnbounded<Request>(new() { SingleReader = true });
    readonly Task _loop;
    readonly DnsmasqWatch _watch;
    readonly Dictionary<string, int> _revivals = [];
    volatile Applied? _applied;

    sealed record Request(NetworkPlan? Plan, Func<object?>? Work, TaskCompletionSource<object?> Done, CancellationToken Cancellation);

    /// <param name="State">Null after a failure: what is there is not known.</param>
    sealed record Applied(DesiredState? State, Dictionary<Guid, int> Taps, IReadOnlyList<DatapathNamespace> Places);

    /// <exception cref="DatapathException">ToolMissing or NoRights: the message says how to mend it.</exception>
    public LinuxDatapath(LinuxDatapathOptions options)
    {
        _compiler = new PlanCompiler(options);
        _names = new Names(options.Cloud);
        _runFolder = DnsmasqText.RunFolder(options);
        Tools.CheckInstalled();
        _watch = new DnsmasqWatch(folder => Enqueue(null, () => Revive(folder), CancellationToken.None));
        _executor = new Executor(_names, options.HostNamespace, _watch.Watch);
        _loop = Task.Run(Loop);
    }

    public IReadOnlyList<DatapathNamespace> Namespaces => _applied?.Places ?? [];

    public async Task<ApplyResult> ApplyAsync(NetworkPlan plan, CancellationToken cancellationToken) =>
        (ApplyResult)(await Enqueue(plan, null, cancellationToken))!;

    public async Task<IReadOnlyList<Disagreement>> AuditAsync(NetworkPlan plan, CancellationToken cancellationToken) =>
        (IReadOnlyList<Disagreement>)(await Enqueue(null, () => Audit(plan), cancellationToken))!;

    public async Task<IReadOnlyList<MeterReading>> ReadMetersAsync(CancellationToken cancellationToken) =>
        (IReadOnlyList<MeterReading>)(await Enqueue(null, ReadMeters, cancellationToken))!;

    List<MeterReading> ReadMeters() =>
        [.. from router in Namespaces.OfType<DatapathNamespace.OfRouter>()
            from meter in MeterRules.Read(Tools.Run(NameOf(router), "nft", ["list", "table", "inet", SpoofingRules.TableName]))
            select new MeterReading(router.RouterId, meter.Meter, meter.Packets, meter.Bytes)];

    public Task TeardownAsync(CancellationToken cancellationToken) => Enqueue(null, Teardown, cancellationToken);

    public SafeFileHandle OpenTap(Guid portId)
    {
        if (_applied?.Taps.TryGetValue(portId, out var number) != true)
            throw new DatapathException(DatapathFailure.NoSuchDevice, $"port {portId} has no tap: it is in no applied plan as a VM's");
        return NamespaceThread.Run(_names.Switch, () => TapDevice.Open(Names.Tap(number)));
    }

    public Socket ListenIn(DatapathNamespace place, IPAddress address, int port) =>
        NamespaceThread.Run(NameOf(place), () =>
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(address, port));
                socket.Listen();
                return socket;
            }
            catch (SocketException e)
            {
                socket.Dispose();
                throw new DatapathException(DatapathFailure.Refused, $"listening on {address}:{port} in {NameOf(place)}: {e.Message}", e);
            }
        });

    /// <summary>Name of a place as `ip netns` prints it.</summary>
    public string NameOf(DatapathNamespace place) => place switch
    {
        DatapathNamespace.OfNetwork network => _names.Dhcp(network.NetworkId),
        DatapathNamespace.OfRouter router => _names.Router(router.RouterId),
        _ => throw new InvalidOperationException($"{place}"),
    };

    public async ValueTask DisposeAsync()
    {
        _requests.Writer.TryComplete();
        await _loop;
        _watch.Dispose();
    }

    Task<object?> Enqueue(NetworkPlan? plan, Func<object?>? work, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<object?>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_requests.Writer.TryWrite(new Request(plan, work, done, cancellationToken)))
            done.SetException(new ObjectDisposedException(nameof(LinuxDatapath)));
        return done.Task;
    }

    async Task Loop()
    {
        List<Request> plans = [];
        while (await _requests.Reader.WaitToReadAsync())
        {
            Request? other = null;
            while (other is null && _requests.Reader.TryRead(out var request))
                if (request.Cancellation.IsCancellationRequested)
                    request.Done.SetCanceled(request.Cancellation);
                else if (request.Plan is not null)
                    plans.Add(request);
                else
                    other = request;
            if (plans.Count > 0)
                Answer(plans, () => Apply(plans[^1].Plan!));
            plans.Clear();
            if (other is not null)
                Answer([other], other.Work!);
        }
    }

    void Answer(IReadOnlyList<Request> requests, Func<object?> work)
    {
        try
        {
            var result = work();
            foreach (var request in requests)
                request.Done.SetResult(result);
        }
        // Whoever asked gets it; the loop lives on and reads back before it trusts anything again.
        catch (Exception e)
        {
            if (e is not DatapathException { Failure: DatapathFailure.BadPlan })
                _applied = _applied is null ? null : _applied with { State = null };
            foreach (var request in requests)
                request.Done.SetException(e);
        }
    }

    ApplyResult Apply(NetworkPlan plan)
    {
        var desired = _compiler.Compile(plan);
        var before = _applied;
        var actual = before?.State ?? _executor.ReadBack.Read(desired, _runFolder);
        var change = StateDifference.Between(actual, desired, _names, _executor.HostReference);
        var commands = _executor.Carry(change, desired, plan, _runFolder);
        if (before?.State is null)
            foreach (var state in desired.Namespaces.Values)
                if (state.Dnsmasq is { } files)
                    _watch.Watch(files.Folder);
        _revivals.Clear();
        var places = desired.Namespaces.Values.Where(state => state.Place is not null).Select(state => state.Place!).ToList();
        var known = before?.Places ?? [];
        _applied = new Applied(desired,
            plan.Ports.Where(port => port.Device == PortDevice.Vm).ToDictionary(port => port.Id, port => port.Number), places);
        return new ApplyResult(commands, change.Count, [.. places.Except(known)], [.. known.Except(places)]);
    }

    /// <summary>
    /// A dnsmasq ended that nobody stopped. One that keeps ending is left alone until the next plan; the audit tells.
    /// </summary>
    object? Revive(string folder)
    {
        var state = _applied?.State?.Namespaces.Values.FirstOrDefault(one => one.Dnsmasq?.Folder == folder);
        if (state is null || DnsmasqProcess.Find(folder) is not null)
            return null;
        _revivals[folder] = _revivals.GetValueOrDefault(folder) + 1;
        if (_revivals[folder] > MaximumRevivals)
            return null;
        DnsmasqProcess.Start(state.Name, state.Dnsmasq!);
        _watch.Watch(folder);
        return null;
    }

    IReadOnlyList<Disagreement> Audit(NetworkPlan plan)
    {
        var desired = _compiler.Compile(plan);
        var change = StateDifference.Between(
            _executor.ReadBack.Read(desired, _runFolder), desired, _names, _executor.HostReference);
        List<Disagreement> found = [];
        found.AddRange(change.Created.Select(name => new Disagreement(name, "namespace is missing")));
        found.AddRange(change.Deleted.Select(state => new Disagreement(state.Name, "namespace is left over")));
        foreach (var one in change.Namespaces)
            found.AddRange(change.Created.Contains(one.Name) ? [] : ChangeText.Lines(one).Select(line => new Disagreement(one.Name, $"needs: {line}")));
        return found;
    }

    object? Teardown()
    {
        _executor.Teardown(_runFolder);
        _applied = null;
        return null;
    }
}
