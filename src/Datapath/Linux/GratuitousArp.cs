using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;

namespace Cumulet.Datapath.Linux;

/// <summary>Says to a link that an address is here now (RFC 5227, ARP announcement).</summary>
static class GratuitousArp
{
    /// <summary>Call inside the device's namespace.</summary>
    public static unsafe void Send(string device, string mac, IPAddress address)
    {
        var index = Native.if_nametoindex(device);
        using var socket = Native.socket(Native.AfPacket, Native.SockRaw | Native.SockCloexec, 0);
        if (index == 0 || socket.IsInvalid)
            throw new DatapathException(DatapathFailure.Refused, $"announcing {address} on {device}: {Native.LastError()}");
        var sender = PhysicalAddress.Parse(mac).GetAddressBytes();
        var ip = address.GetAddressBytes();
        Span<byte> frame = stackalloc byte[42];
        frame[..6].Fill(0xff);
        sender.CopyTo(frame[6..]);
        BinaryPrimitives.WriteUInt64BigEndian(frame[12..], 0x0806_0001_0800_0604);
        BinaryPrimitives.WriteUInt16BigEndian(frame[20..], 1);
        sender.CopyTo(frame[22..]);
        ip.CopyTo(frame[28..]);
        ip.CopyTo(frame[38..]);
        Span<byte> link = stackalloc byte[20];
        link.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(link, Native.AfPacket);
        BinaryPrimitives.WriteUInt16BigEndian(link[2..], 0x0806);
        BitConverter.TryWriteBytes(link[4..], index);
        link[11] = 6;
        link[12..18].Fill(0xff);
        fixed (byte* data = frame, to = link)
            if (Native.sendto(socket, data, (nuint)frame.Length, 0, to, link.Length) < 0)
                throw new DatapathException(DatapathFailure.Refused, $"announcing {address} on {device}: {Native.LastError()}");
    }
}
