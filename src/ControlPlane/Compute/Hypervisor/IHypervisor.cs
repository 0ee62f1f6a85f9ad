using Cumulet.ControlPlane.Compute.Servers;
using Cumulet.ControlPlane.Layers;
using Cumulet.Disks;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.ControlPlane.Compute.Hypervisor;

/// <summary>
/// What runs guests on a host. It knows disks, taps and processes, no rows and no HTTP. Requests about one guest come one
/// after the other (the server's lane); what happens by itself is told to the watcher.
/// </summary>
public interface IHypervisor : IAsyncDisposable
{
    HostFacts Facts { get; }

    /// <summary>Given once, before anything is started or recovered.</summary>
    void Watch(Action<Guid, VmEvent> watcher);

    /// <summary>
    /// Starts the guest, or lets it be where it runs already. <paramref name="remember"/> gets the handle by which
    /// <see cref="Recover"/> finds it and is awaited before the guest's first instruction.
    /// </summary>
    /// <exception cref="HypervisorException">It did not come up; nothing of it is left.</exception>
    Task Start(VmPlan plan, Func<string, Task> remember, CancellationToken cancel);

    /// <summary>Presses the power button; true when the guest is down and its process gone within the patience.</summary>
    Task<bool> Shutdown(Guid id, TimeSpan patience, CancellationToken cancel);

    /// <summary>Ends the guest at once. A guest that is not there is ended.</summary>
    Task Destroy(Guid id, CancellationToken cancel);

    /// <summary>
    /// Writes the guest's memory to disk and ends it: its next start goes on from there, unless <see cref="Destroy"/> or
    /// <see cref="Shutdown"/> come first. A guest that is suspended already stays so.
    /// </summary>
    /// <exception cref="HypervisorException">It could not be written; the guest runs on.</exception>
    Task Suspend(Guid id, CancellationToken cancel);

    Task Pause(Guid id, CancellationToken cancel);
    Task Resume(Guid id, CancellationToken cancel);

    /// <summary>Sends the guest a non-maskable interrupt.</summary>
    Task Interrupt(Guid id, CancellationToken cancel);

    /// <summary>Hot-plugs; where no guest runs there is nothing to do: its next start has it.</summary>
    Task AttachDisk(Guid id, VmDisk disk, CancellationToken cancel);

    /// <summary>On return nothing of the disk is open. A disk that is not there is detached.</summary>
    Task DetachDisk(Guid id, string deviceId, CancellationToken cancel);

    Task AttachNic(Guid id, VmNic nic, CancellationToken cancel);
    Task DetachNic(Guid id, string deviceId, CancellationToken cancel);

    /// <summary>Is there a guest of this server?</summary>
    bool Runs(Guid id);

    /// <summary>Does a process have this server's disks open, so that only it may change their files?</summary>
    bool HasDisksOpen(Guid id);

    /// <summary>The disks that a guest has, by device, each with the name of the layer that it writes to (null where that is
    /// not known); null where no guest runs that could be asked.</summary>
    Task<IReadOnlyDictionary<string, string?>?> DisksOf(Guid id, CancellationToken cancel);

    /// <summary>The guest goes on in fresh overlays over what it wrote to, all in one instant; false where no guest runs.</summary>
    Task<bool> SwitchHeads(Guid id, IReadOnlyList<NewHead> heads, CancellationToken cancel);

    /// <summary>The guest sees the new size; false where no guest runs.</summary>
    Task<bool> ResizeDisk(Guid id, string deviceId, long bytes, CancellationToken cancel);

    /// <summary>
    /// Takes layers out of a running guest's disk: what they hold is copied into the layer above. Changes of the disk break
    /// it off with an exception; again goes on. False where no guest runs.
    /// </summary>
    Task<bool> MergeLayers(Guid id, string deviceId, LayerMerge merge, CancellationToken cancel);

    /// <summary>The last lines (all when null) of what the guest said on its serial port.</summary>
    Task<string> ConsoleLog(Guid id, int? lines, CancellationToken cancel);

    /// <summary>The screen as a stream of RFB. Whoever has it has the screen.</summary>
    Task<Stream> OpenScreen(Guid id, CancellationToken cancel);

    /// <summary>The guest goes on at another host of this hypervisor. One that is there already has arrived.</summary>
    /// <exception cref="HypervisorException">It runs on where it was.</exception>
    Task Migrate(Guid id, string host, CancellationToken cancel);

    /// <summary>Takes back a guest that an earlier process started; NoState where it is gone.</summary>
    Task<PowerState> Recover(Guid id, string handle, CancellationToken cancel);

    /// <summary>Ends guests of these servers that no handle leads to; the number of them.</summary>
    Task<int> EndStrays(IReadOnlySet<Guid> servers, CancellationToken cancel);

    /// <summary>The guest's firmware begins anew at its next start: what it remembers goes. No guest runs meanwhile.</summary>
    void ForgetFirmware(Guid id);

    /// <summary>The servers that files are kept for, and whether what their firmware remembers is among them; null where none are kept.</summary>
    IReadOnlyDictionary<Guid, bool>? Kept();

    /// <summary>Removes the files kept for a guest.</summary>
    Task Forget(Guid id);
}

/// <summary>What a host has.</summary>
/// <param name="MemoryMib">Of the machine.</param>
public sealed record HostFacts(string Kind, int Version, int Vcpus, long MemoryMib, string CpuInfo);

/// <summary>The hypervisor could not do it; the message is fit for the server's owner.</summary>
public sealed class HypervisorException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A guest to be started, everything resolved.</summary>
public sealed record VmPlan
{
    public required Guid Id { get; init; }
    /// <summary>Unique small number: becomes the process's user id.</summary>
    public required long Number { get; init; }
    public required int Vcpus { get; init; }
    public required long RamMib { get; init; }
    public required IReadOnlyList<VmDisk> Disks { get; init; }
    public required IReadOnlyList<VmNic> Nics { get; init; }
    /// <summary>The config drive's ISO image; null has none.</summary>
    public byte[]? ConfigDrive { get; init; }
    /// <summary>The host on which it is to run.</summary>
    public string Host { get; init; } = "";
    public bool OldMachine { get; init; }
    public bool Uefi { get; init; }
    /// <summary>UEFI begins with fresh variables.</summary>
    public bool ForgetsFirmware { get; init; }
    /// <summary>The server's metadata, where the fake hypervisor finds its knobs.</summary>
    public IReadOnlyDictionary<string, string> Knobs { get; init; } = new Dictionary<string, string>();
}

/// <summary>A disk of a guest.</summary>
/// <param name="DeviceId">A letter, then at most 19 letters and digits; stable.</param>
/// <param name="Bus">virtio, scsi, ide.</param>
public sealed record VmDisk(string DeviceId, DiskChain Chain, string Bus, string? Serial, int? BootIndex, bool ReadOnly, bool Shared);

/// <param name="Tap">Null where the datapath has no taps.</param>
/// <param name="Model">virtio, e1000, e1000e, rtl8139.</param>
public sealed record VmNic(string DeviceId, SafeFileHandle? Tap, string Mac, int Mtu, string Model)
{
    public static string IdOf(string portId) => $"n{portId.Replace("-", "", StringComparison.Ordinal)[..19]}";
}

/// <param name="Overlay">A fresh qcow2 file over the disk's current head.</param>
public sealed record NewHead(string DeviceId, DiskLayer Overlay);
