using System.Text.Json;

namespace Cumulet.Qemu.Qmp;

/// <summary>Commands that steer the machine as a whole.</summary>
public sealed partial class QmpConnection
{
    /// <summary>QAPI RunState: <c>running</c>, <c>paused</c>, <c>prelaunch</c>, <c>shutdown</c>, <c>io-error</c> …</summary>
    public async Task<string> QueryStatusAsync(CancellationToken cancellation) =>
        (await ExecuteAsync("query-status", null, cancellation)).GetProperty("status").GetString()!;

    public async Task<Guid> QueryUuidAsync(CancellationToken cancellation) =>
        Guid.Parse((await ExecuteAsync("query-uuid", null, cancellation)).GetProperty("UUID").GetString()!);

    public async Task<Version> QueryVersionAsync(CancellationToken cancellation)
    {
        var version = (await ExecuteAsync("query-version", null, cancellation)).GetProperty("qemu");
        return new Version(
            version.GetProperty("major").GetInt32(), version.GetProperty("minor").GetInt32(), version.GetProperty("micro").GetInt32());
    }

    public Task ContinueAsync(CancellationToken cancellation) => ExecuteAsync("cont", null, cancellation);

    public Task StopAsync(CancellationToken cancellation) => ExecuteAsync("stop", null, cancellation);

    /// <summary>Presses the power button; the guest decides what follows (SHUTDOWN event).</summary>
    public Task SystemPowerdownAsync(CancellationToken cancellation) => ExecuteAsync("system_powerdown", null, cancellation);

    public Task SystemResetAsync(CancellationToken cancellation) => ExecuteAsync("system_reset", null, cancellation);

    public Task SystemWakeupAsync(CancellationToken cancellation) => ExecuteAsync("system_wakeup", null, cancellation);

    /// <summary>Ends QEMU; block nodes are flushed and closed. The connection ends with it.</summary>
    public Task QuitAsync(CancellationToken cancellation) => ExecuteAsync("quit", null, cancellation);

    /// <summary>Sends a non-maskable interrupt (crash dump of the guest).</summary>
    public Task InjectNmiAsync(CancellationToken cancellation) => ExecuteAsync("inject-nmi", null, cancellation);

    /// <summary>Sets the balloon's target in bytes.</summary>
    public Task BalloonAsync(long bytes, CancellationToken cancellation) =>
        ExecuteAsync("balloon", json => json.WriteNumber("value"u8, bytes), cancellation);

    /// <summary>Bytes the guest has of the balloon's point of view.</summary>
    public async Task<long> QueryBalloonAsync(CancellationToken cancellation) =>
        (await ExecuteAsync("query-balloon", null, cancellation)).GetProperty("actual").GetInt64();

    public Task<JsonElement> QueryCpusAsync(CancellationToken cancellation) => ExecuteAsync("query-cpus-fast", null, cancellation);
}
