using System.Text;

namespace Cumulet.Datapath.Linux;

/// <summary>
/// Turns a device's checksum offload off. Between virtual devices nobody ever fills an offloaded checksum in; kernels
/// know that, but DHCP clients that read raw frames (old dhclient, boot ROMs) throw such answers away.
/// </summary>
static class ChecksumOffload
{
    const nuint EthtoolRequest = 0x8946;
    const int SetTransmitChecksum = 0x17;
    const int AfInet = 2, SockDatagram = 2;

    /// <summary>Call inside the device's namespace.</summary>
    public static unsafe void TurnOff(string device)
    {
        using var socket = Native.socket(AfInet, SockDatagram | Native.SockCloexec, 0);
        var value = stackalloc int[2] { SetTransmitChecksum, 0 };
        var request = stackalloc byte[40];
        new Span<byte>(request, 40).Clear();
        Encoding.ASCII.GetBytes(device, new Span<byte>(request, 15));
        *(int**)(request + 16) = value;
        if (socket.IsInvalid || Native.ioctl(socket, EthtoolRequest, request) != 0)
            throw new DatapathException(DatapathFailure.Refused, $"turning checksum offload of {device} off: {Native.LastError()}");
    }
}
