using System.Runtime.InteropServices;
using System.Text.Json;

namespace Cumulet.Qemu.Qmp;

/// <summary>Handing open descriptors to a process that may open nothing by itself.</summary>
public sealed partial class QmpConnection
{
    /// <summary>Adds a duplicate of the descriptor to a descriptor set (a new one when null) and returns the set's number.</summary>
    /// <remarks>Close your own right after: image locks belong to the open file description and outlive QEMU with it.</remarks>
    public async Task<int> AddFdAsync(SafeHandle descriptor, int? set, string opaque, CancellationToken cancellation)
    {
        var answer = await ExecuteAsync("add-fd", json =>
        {
            if (set is { } number)
                json.WriteNumber("fdset-id"u8, number);
            json.WriteString("opaque"u8, opaque);
        }, null, descriptor, cancellation);
        return answer.GetProperty("fdset-id").GetInt32();
    }

    public Task RemoveFdAsync(int set, CancellationToken cancellation) =>
        ExecuteAsync("remove-fd", json => json.WriteNumber("fdset-id"u8, set), cancellation);

    /// <summary>Descriptor sets with the opaque text of their first descriptor.</summary>
    public async Task<IReadOnlyList<(int Set, string Opaque)>> QueryFdsetsAsync(CancellationToken cancellation) =>
    [
        .. (await ExecuteAsync("query-fdsets", null, cancellation)).EnumerateArray().Select(set => (
            set.GetProperty("fdset-id").GetInt32(),
            set.GetProperty("fds").EnumerateArray()
                .Select(fd => fd.TryGetProperty("opaque", out var opaque) ? opaque.GetString()! : "").FirstOrDefault(""))),
    ];

    /// <summary>Gives QEMU a descriptor under a name, for netdev_add and add_client.</summary>
    public Task GetFdAsync(SafeHandle descriptor, string name, CancellationToken cancellation) =>
        ExecuteAsync("getfd", json => json.WriteString("fdname"u8, name), null, descriptor, cancellation);

    public Task CloseFdAsync(string name, CancellationToken cancellation) =>
        ExecuteAsync("closefd", json => json.WriteString("fdname"u8, name), cancellation);

    /// <summary>Makes the socket given before with <see cref="GetFdAsync"/> a VNC client; it needs no password, we are the proxy.</summary>
    public Task AddVncClientAsync(string fdName, CancellationToken cancellation) =>
        ExecuteAsync("add_client", json =>
        {
            json.WriteString("protocol"u8, "vnc"u8);
            json.WriteString("fdname"u8, fdName);
            json.WriteBoolean("skipauth"u8, true);
        }, cancellation);
}
