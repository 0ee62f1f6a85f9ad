using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Cumulet.Datapath.Tests;

/// <summary>Asks for a lease as a guest does (RFC 2131): discover, request; returns the acknowledgement's options.</summary>
static class DhcpClient
{
    /// <summary>Call in the guest. Null when nobody offers.</summary>
    public static (IPAddress Address, Dictionary<byte, byte[]> Options)? Lease(string mac, int milliseconds = 3000)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SetRawSocketOption(1, 25, "eth0\0"u8);
        socket.EnableBroadcast = true;
        socket.ReceiveTimeout = milliseconds;
        socket.Bind(new IPEndPoint(IPAddress.Any, 68));
        if (Ask(socket, Message(mac, 1)) is not { } offer)
            return null;
        return Ask(socket, Message(mac, 3, (50, offer.Address.GetAddressBytes()), (54, offer.Options[54])));
    }

    static (IPAddress Address, Dictionary<byte, byte[]> Options)? Ask(Socket socket, byte[] message)
    {
        socket.SendTo(message, new IPEndPoint(IPAddress.Broadcast, 67));
        var buffer = new byte[2000];
        try
        {
            var count = socket.Receive(buffer);
            return (new IPAddress(buffer.AsSpan(16, 4)), Options(buffer.AsSpan(0, count)));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock or SocketError.TryAgain)
        {
            return null;
        }
    }

    static byte[] Message(string mac, byte kind, params (byte Code, byte[] Value)[] options)
    {
        List<byte> message = [1, 1, 6, 0, 0x12, 0x34, 0x56, 0x78, 0, 0, 0x80, 0, .. new byte[16],
            .. mac.Split(':').Select(octet => byte.Parse(octet, NumberStyles.HexNumber, CultureInfo.InvariantCulture)), .. new byte[10 + 192],
            99, 130, 83, 99, 53, 1, kind, 55, 7, 1, 3, 6, 15, 26, 121, 66];
        foreach (var (code, value) in options)
            message.AddRange([code, (byte)value.Length, .. value]);
        return [.. message, 255];
    }

    static Dictionary<byte, byte[]> Options(ReadOnlySpan<byte> message)
    {
        Dictionary<byte, byte[]> options = [];
        for (var at = 240; at < message.Length && message[at] != 255; at += 2 + message[at + 1])
            options[message[at]] = message.Slice(at + 2, message[at + 1]).ToArray();
        return options;
    }

    public static int Number(byte[] value) => BinaryPrimitives.ReadUInt16BigEndian(value);

    /// <summary>Whether a raw frame is a UDP datagram from a DHCP server whose checksum is right as it stands.</summary>
    public static bool? HasRightChecksum(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 42 || frame[12] != 8 || frame[13] != 0 || frame[23] != 17 || Number(frame[34..36].ToArray()) != 67)
            return null;
        var datagram = frame[34..(34 + Number(frame[38..40].ToArray()))];
        uint sum = 17u + (uint)datagram.Length;
        for (var i = 26; i < 34; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(frame[i..]);
        for (var i = 0; i < datagram.Length; i += 2)
            sum += i + 1 < datagram.Length ? BinaryPrimitives.ReadUInt16BigEndian(datagram[i..]) : (uint)datagram[i] << 8;
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        return sum == 0xffff;
    }
}
