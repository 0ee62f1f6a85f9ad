using System.Text.Json;

namespace Cumulet.Qemu.Qmp;

/// <summary>Commands of the block layer. Nodes are named, formats explicit, files come by descriptor set.</summary>
public sealed partial class QmpConnection
{
    /// <summary>Adds a block node (with its children) as given: a whole BlockdevOptions object.</summary>
    public Task BlockdevAddAsync(Action<Utf8JsonWriter> members, CancellationToken cancellation) =>
        ExecuteAsync("blockdev-add", members, cancellation);

    /// <summary>Removes a node that nothing uses; children that were added inline go with it.</summary>
    public Task BlockdevDelAsync(string node, CancellationToken cancellation) =>
        ExecuteAsync("blockdev-del", json => json.WriteString("node-name"u8, node), cancellation);

    /// <summary>Tells QEMU (and the guest) the new size in bytes; grows the file behind the node if it is shorter.</summary>
    public Task BlockResizeAsync(string node, long bytes, CancellationToken cancellation) =>
        ExecuteAsync("block_resize", json =>
        {
            json.WriteString("node-name"u8, node);
            json.WriteNumber("size"u8, bytes);
        }, cancellation);

    /// <summary>Makes durable what was written to a node, QEMU's own tables included. The monitor has no verb for it but this one.</summary>
    public async Task FlushAsync(string node, CancellationToken cancellation)
    {
        var said = (await ExecuteAsync("human-monitor-command", json => json.WriteString("command-line"u8, $"qemu-io {node} flush"), cancellation)).GetString();
        if (!string.IsNullOrWhiteSpace(said))
            throw new QmpCommandException("flush", "GenericError", said.Trim());
    }

    /// <summary>Puts each overlay on its node, all in one instant or none.</summary>
    public Task BlockdevSnapshotAsync(IReadOnlyList<(string Node, string Overlay)> pairs, CancellationToken cancellation) =>
        ExecuteAsync("transaction", json =>
        {
            json.WriteStartArray("actions"u8);
            foreach (var (node, overlay) in pairs)
            {
                json.WriteStartObject();
                json.WriteString("type"u8, "blockdev-snapshot"u8);
                json.WriteStartObject("data"u8);
                json.WriteString("node"u8, node);
                json.WriteString("overlay"u8, overlay);
                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }, cancellation);

    /// <summary>Starts copying what lies below <paramref name="node"/> (down to, without, <paramref name="baseNode"/>) into it.</summary>
    /// <remarks>The job stays until dismissed, so that its result survives a lost connection.</remarks>
    public Task BlockStreamAsync(string job, string node, string? baseNode, long bytesPerSecond, CancellationToken cancellation) =>
        ExecuteAsync("block-stream", json =>
        {
            json.WriteString("job-id"u8, job);
            json.WriteString("device"u8, node);
            if (baseNode is not null)
                json.WriteString("base-node"u8, baseNode);
            json.WriteNumber("speed"u8, bytesPerSecond);
            json.WriteBoolean("auto-dismiss"u8, false);
        }, cancellation);

    public Task JobCancelAsync(string job, CancellationToken cancellation) => JobVerbAsync("job-cancel", job, cancellation);

    public Task JobDismissAsync(string job, CancellationToken cancellation) => JobVerbAsync("job-dismiss", job, cancellation);

    private Task JobVerbAsync(string verb, string job, CancellationToken cancellation) =>
        ExecuteAsync(verb, json => json.WriteString("id"u8, job), cancellation);

    public async Task<IReadOnlyList<BlockJob>> QueryJobsAsync(CancellationToken cancellation) =>
    [
        .. (await ExecuteAsync("query-jobs", null, cancellation)).EnumerateArray().Select(job => new BlockJob(
            job.GetProperty("id").GetString()!,
            job.GetProperty("type").GetString()!,
            job.GetProperty("status").GetString()!,
            job.GetProperty("current-progress").GetInt64(),
            job.GetProperty("total-progress").GetInt64(),
            job.TryGetProperty("error", out var error) ? error.GetString() : null)),
    ];

    public async Task<IReadOnlyList<BlockNode>> QueryNamedBlockNodesAsync(CancellationToken cancellation) =>
    [
        .. (await ExecuteAsync("query-named-block-nodes", json => json.WriteBoolean("flat"u8, true), cancellation))
            .EnumerateArray().Select(ReadNode),
    ];

    /// <summary>What each device has inserted: qdev id to top node. Devices without medium or without an id (flash) are left out.</summary>
    public async Task<IReadOnlyDictionary<string, BlockNode>> QueryInsertedAsync(CancellationToken cancellation)
    {
        var inserted = new Dictionary<string, BlockNode>(StringComparer.Ordinal);
        foreach (var device in (await ExecuteAsync("query-block", null, cancellation)).EnumerateArray())
        {
            if (device.TryGetProperty("qdev", out var qdev) && device.TryGetProperty("inserted", out var node)
                && DeviceId(qdev.GetString()!) is var id && !id.StartsWith('/'))
                inserted[id] = ReadNode(node);
        }
        return inserted;
    }

    /// <summary>I/O counters as QEMU gives them (query-blockstats).</summary>
    public Task<JsonElement> QueryBlockstatsAsync(CancellationToken cancellation) => ExecuteAsync("query-blockstats", null, cancellation);

    // A device id, or for virtio the QOM path of its inner half: /machine/peripheral/<id>/virtio-backend.
    private static string DeviceId(string qdev) =>
        qdev.StartsWith("/machine/peripheral/", StringComparison.Ordinal) ? qdev.Split('/')[3] : qdev;

    private static BlockNode ReadNode(JsonElement node) => new(
        node.TryGetProperty("node-name", out var name) ? name.GetString()! : "",
        node.GetProperty("drv").GetString()!,
        node.GetProperty("ro").GetBoolean(),
        node.GetProperty("image").GetProperty("virtual-size").GetInt64(),
        node.GetProperty("file").GetString()!,
        node.TryGetProperty("backing_file", out var backing) ? backing.GetString() : null);
}

/// <summary>A block node. <see cref="VirtualSize"/> in bytes.</summary>
public sealed record BlockNode(string Name, string Driver, bool ReadOnly, long VirtualSize, string File, string? BackingFile);

/// <summary>A background job. Status is QAPI JobStatus (<c>running</c>, <c>ready</c>, <c>concluded</c> …).</summary>
public sealed record BlockJob(string Id, string Type, string Status, long Progress, long Total, string? Error);
