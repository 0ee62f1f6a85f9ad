using System.Text.Json;

namespace Cumulet.Qemu.Qmp;

/// <summary>An event as QEMU sent it, e.g. <c>DEVICE_DELETED</c>. <see cref="Data"/> is an empty object when it had none.</summary>
public sealed record QmpEvent(string Name, JsonElement Data)
{
    /// <summary>A string member of the data, or null.</summary>
    public string? Text(string member) =>
        Data.ValueKind == JsonValueKind.Object && Data.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}

/// <summary>Bounds for one monitor connection.</summary>
public sealed record QmpLimits
{
    /// <summary>Time for one command, from the moment it is sent.</summary>
    public TimeSpan Command { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time from connect to greeting; longer, because it covers the start of QEMU itself.</summary>
    public TimeSpan Greeting { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest line accepted, in bytes. query-named-block-nodes of many disks runs to some hundred kB.</summary>
    public int LineBytes { get; init; } = 16 * 1024 * 1024;
}
