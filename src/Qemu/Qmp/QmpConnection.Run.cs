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

    /// <summary>Lets MIGRATION events tell how saving and loading goes.</summary>
    public Task TellMigrationAsync(CancellationToken cancellation) => ExecuteAsync("migrate-set-capabilities", json =>
    {
        json.WriteStartArray("capabilities"u8);
        json.WriteStartObject();
        json.WriteString("capability"u8, "events"u8);
        json.WriteBoolean("state"u8, true);
        json.WriteEndObject();
        json.WriteEndArray();
    }, cancellation);

    /// <summary>As fast as the disk takes it; QEMU's own bound is meant for networks.</summary>
    public Task UnboundMigrationAsync(CancellationToken cancellation) =>
        ExecuteAsync("migrate-set-parameters", json => json.WriteNumber("max-bandwidth"u8, 1L << 40), cancellation);

    /// <summary>Writes memory and devices to the descriptor given before with <see cref="GetFdAsync"/>; MIGRATION tells the end.</summary>
    public Task MigrateAsync(string fdName, CancellationToken cancellation) =>
        ExecuteAsync("migrate", json => json.WriteString("uri"u8, $"fd:{fdName}"), cancellation);

    /// <summary>Reads them into a machine that was started with <c>-incoming defer</c>.</summary>
    public Task MigrateIncomingAsync(string fdName, CancellationToken cancellation) =>
        ExecuteAsync("migrate-incoming", json => json.WriteString("uri"u8, $"fd:{fdName}"), cancellation);

    public async Task<string> MigrationErrorAsync(CancellationToken cancellation) =>
        (await ExecuteAsync("query-migrate", null, cancellation)).TryGetProperty("error-desc", out var text) ? text.GetString()! : "QEMU gives no reason";
}
