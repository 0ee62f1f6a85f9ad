using System.Buffers.Binary;
using System.Net;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.Datapath.Linux;

/// <param name="ReplyDestination">Whom answers are sent to: of a translated connection not its source.</param>
/// <param name="Attributes">What the kernel tells it from others by.</param>
readonly record struct TrackedConnection(Flow Flow, IPAddress ReplyDestination, byte Family, byte[] Attributes);

/// <summary>
/// Cuts the tracked connections a plan no longer allows. Rules judge only how a connection begins; one that is
/// `established` passes whatever they say now, so after they became narrower the kernel's table is gone through and
/// what would not be allowed to begin is deleted there. The rest goes on undisturbed.
///
/// Speaks ctnetlink (linux/netfilter/nfnetlink_conntrack.h): lengths and headers in host order, values in network order.
/// </summary>
static class ConnectionCutter
{
    const int NetlinkNetfilter = 12;
    const ushort Get = 0x0101, Delete = 0x0102, Error = 2, Done = 3;
    const ushort Request = 1, Acknowledge = 4, Dump = 0x300;
    const ushort TupleOriginal = 1, TupleReply = 2, Id = 12, Zone = 18;
    const int HeaderSize = 20;

    /// <summary>Returns how many connections were cut.</summary>
    public static int Cut(string place, Func<TrackedConnection, bool> forbidden) => NamespaceThread.Run(place, () =>
    {
        using var socket = Native.socket(Native.AfNetlink, Native.SockRaw | Native.SockCloexec, NetlinkNetfilter);
        if (socket.IsInvalid)
            throw new DatapathException(DatapathFailure.Refused, $"reading tracked connections: {Native.LastError()}");
        var cut = Tracked(socket).Where(forbidden).ToList();
        foreach (var connection in cut)
            DeleteOne(socket, connection.Family, connection.Attributes);
        return cut.Count;
    });

    static List<TrackedConnection> Tracked(SafeFileHandle socket)
    {
        Send(socket, Get, Request | Dump, 0, []);
        List<TrackedConnection> found = [];
        var buffer = new byte[1 << 18];
        while (true)
        {
            var count = Receive(socket, buffer);
            for (var at = 0; at + 16 <= count;)
            {
                var length = BitConverter.ToInt32(buffer, at);
                var type = BitConverter.ToUInt16(buffer, at + 4);
                if (type == Done)
                    return found;
                if (type == Error)
                    throw new DatapathException(DatapathFailure.Refused, $"reading tracked connections: error {-BitConverter.ToInt32(buffer, at + 16)}");
                found.Add(Parse(buffer.AsMemory(at + HeaderSize, length - HeaderSize), family: buffer[at + 16]));
                at += Align(length);
            }
        }
    }

    static TrackedConnection Parse(ReadOnlyMemory<byte> message, byte family)
    {
        List<byte> identity = [];
        var zone = 0;
        ReadOnlyMemory<byte> original = default, reply = default;
        for (var rest = message; Next(ref rest, out var type, out var value, out var whole);)
        {
            if (type is TupleOriginal or Zone or Id)
                identity.AddRange(whole.Span);
            if (type == TupleOriginal)
                original = value;
            else if (type == TupleReply)
                reply = value;
            else if (type == Zone)
                zone = BinaryPrimitives.ReadUInt16BigEndian(value.Span);
        }
        return new TrackedConnection(ParseTuple(original, zone), ParseTuple(reply, zone).Destination, family, [.. identity]);
    }

    static Flow ParseTuple(ReadOnlyMemory<byte> tuple, int zone)
    {
        IPAddress source = IPAddress.None, destination = IPAddress.None;
        var numbers = new int[10];
        for (var rest = tuple; Next(ref rest, out var type, out var value, out _);)
            for (var inner = value; Next(ref inner, out var field, out var bytes, out _);)
                if (type == 1 && field is 1 or 3)
                    source = new IPAddress(bytes.Span);
                else if (type == 1 && field is 2 or 4)
                    destination = new IPAddress(bytes.Span);
                else if (type == 2 && field < numbers.Length)
                    numbers[field] = bytes.Length == 1 ? bytes.Span[0] : BinaryPrimitives.ReadUInt16BigEndian(bytes.Span);
        var v6 = source.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        return new Flow(zone, source, destination, numbers[1], numbers[2], numbers[3], numbers[v6 ? 8 : 5], numbers[v6 ? 9 : 6]);
    }

    static bool Next(ref ReadOnlyMemory<byte> rest, out int type, out ReadOnlyMemory<byte> value, out ReadOnlyMemory<byte> whole)
    {
        (type, value, whole) = (0, default, default);
        if (rest.Length < 4)
            return false;
        var length = BitConverter.ToUInt16(rest.Span);
        if (length < 4 || length > rest.Length)
            return false;
        type = BitConverter.ToUInt16(rest.Span[2..]) & 0x3fff;
        value = rest[4..length];
        whole = rest[..Math.Min(Align(length), rest.Length)];
        rest = rest[whole.Length..];
        return true;
    }

    static void DeleteOne(SafeFileHandle socket, byte family, byte[] attributes)
    {
        Send(socket, Delete, Request | Acknowledge, family, attributes);
        var buffer = new byte[4096];
        var count = Receive(socket, buffer);
        var error = count >= HeaderSize ? -BitConverter.ToInt32(buffer, 16) : 0;
        if (error is not (0 or Native.ErrnoNoEntry))
            throw new DatapathException(DatapathFailure.Refused, $"cutting a tracked connection: error {error}");
    }

    static unsafe void Send(SafeFileHandle socket, ushort type, int flags, byte family, byte[] attributes)
    {
        var message = new byte[HeaderSize + attributes.Length];
        BitConverter.TryWriteBytes(message, message.Length);
        BitConverter.TryWriteBytes(message.AsSpan(4), type);
        BitConverter.TryWriteBytes(message.AsSpan(6), (ushort)flags);
        message[16] = family;
        attributes.CopyTo(message, HeaderSize);
        var kernel = stackalloc byte[12];
        new Span<byte>(kernel, 12).Clear();
        *(ushort*)kernel = Native.AfNetlink;
        fixed (byte* data = message)
            if (Native.sendto(socket, data, (nuint)message.Length, 0, kernel, 12) < 0)
                throw new DatapathException(DatapathFailure.Refused, $"asking for tracked connections: {Native.LastError()}");
    }

    static unsafe int Receive(SafeFileHandle socket, byte[] buffer)
    {
        fixed (byte* data = buffer)
        {
            var count = (int)Native.recv(socket, data, (nuint)buffer.Length, 0);
            return count >= 0 ? count
                : throw new DatapathException(DatapathFailure.Refused, $"reading tracked connections: {Native.LastError()}");
        }
    }

    static int Align(int length) => (length + 3) & ~3;
}
