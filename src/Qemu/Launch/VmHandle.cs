using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cumulet.Qemu;

/// <summary>What to remember of a started QEMU, so that a later daemon finds that very process again.</summary>
/// <param name="StartTime">Clock ticks since boot, field 22 of /proc/pid/stat.</param>
/// <param name="BootId">Kernel boot id: after a reboot the same pid and time mean nothing.</param>
public sealed record VmHandle(Guid VmId, int Pid, long StartTime, string BootId, string QmpSocketPath)
{
    public string ToJson() => JsonSerializer.Serialize(this, VmHandleJson.Default.VmHandle);

    /// <exception cref="JsonException">Not a handle.</exception>
    public static VmHandle Parse(string json) =>
        JsonSerializer.Deserialize(json, VmHandleJson.Default.VmHandle) ?? throw new JsonException("a VM handle is 'null'");

    /// <summary>Whether the process runs still (asked of the kernel, not of QEMU).</summary>
    public bool IsAlive() => BootId == Launch.ProcessIdentity.BootId() && Launch.ProcessIdentity.StartTime(Pid) == StartTime;
}

[JsonSerializable(typeof(VmHandle))]
[JsonSourceGenerationOptions(RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
internal sealed partial class VmHandleJson : JsonSerializerContext;

/// <summary>How a QEMU process ended.</summary>
public abstract record VmExit
{
    private VmExit() { }

    public sealed record Code(int Value) : VmExit;

    public sealed record Signal(int Number) : VmExit;

    /// <summary>Started by an earlier daemon: the kernel tells only its parent.</summary>
    public sealed record Unknown : VmExit;
}
