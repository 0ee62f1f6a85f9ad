using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Cumulet.Datapath.Linux;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.Datapath.Tests;

/// <summary>
/// Stands in for a virtual machine: holds the port's tap as QEMU would, and carries frames between it and a tap in a
/// namespace of its own, whose kernel is the guest's.
/// </summary>
sealed partial class Guest : IDisposable
{
    readonly string _name;
    readonly SafeFileHandle _outside, _inside;
    readonly CancellationTokenSource _stop = new();
    readonly Task[] _pumps;

    public Guest(string name, SafeFileHandle tap, string mac)
    {
        _name = name;
        Tools.Run(null, "ip", ["netns", "add", name]);
        Tools.Run(name, "ip", ["-batch", "-"], "tuntap add dev eth0 mode tap vnet_hdr\nlink set dev lo up\n");
        _outside = tap;
        _inside = NamespaceThread.Run(name, () => TapDevice.Open("eth0"));
        Offload(_outside);
        Offload(_inside);
        Tools.Run(name, "ip", ["link", "set", "dev", "eth0", "address", mac, "mtu", "1450", "up"]);
        _pumps = [Pump(_outside, _inside), Pump(_inside, _outside)];
    }

    /// <summary>As QEMU does for a virtio-net guest: checksums are left to fill in, and TCP comes in pieces up to 64 KiB.</summary>
    static unsafe void Offload(SafeFileHandle tap) => Assert.Equal(0, Native.ioctl(tap, 0x400454d0, (void*)7));

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(SafeFileHandle fd, void* data, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint write(SafeFileHandle fd, void* data, nuint size);

    Task Pump(SafeFileHandle from, SafeFileHandle to) => Task.Factory.StartNew(() =>
    {
        var buffer = new byte[70000];
        while (Wait(from) && !_stop.IsCancellationRequested)
        {
            unsafe
            {
                fixed (byte* data = buffer)
                {
                    var count = read(from, data, (nuint)buffer.Length);
                    // A frame that the other side does not take, as while its link is down, is lost as on a wire.
                    if (count > 0)
                        _ = write(to, data, (nuint)count);
                }
            }
        }
    }, _stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    unsafe bool Wait(SafeFileHandle handle)
    {
        var entry = new Native.PollEntry { Descriptor = (int)handle.DangerousGetHandle(), Events = Native.PollIn };
        while (!_stop.IsCancellationRequested)
            if (Native.poll(&entry, 1, 100) > 0)
                return true;
        return false;
    }

    public string Ip(string arguments) => Tools.Run(_name, "ip", arguments.Split(' '));

    public T Run<T>(Func<T> work) => NamespaceThread.Run(_name, work);

    /// <summary>Whether an echo comes back; a second try makes up for neighbours that had to be found first.</summary>
    public bool Pings(string address, int milliseconds = 1000) => Run(() =>
    {
        using var ping = new Ping();
        return ping.Send(IPAddress.Parse(address), milliseconds).Status == IPStatus.Success;
    });

    /// <summary>Waits for the kernel to say that it has the address; `ip monitor` tells of each change.</summary>
    public bool WaitForAddress(string address, TimeSpan atMost) => Run(() =>
    {
        using var monitor = Process.Start(new ProcessStartInfo(Tools.Find("ip"), ["-6", "monitor", "address"]) { RedirectStandardOutput = true })!;
        try
        {
            var deadline = DateTime.UtcNow + atMost;
            while (!Settled(address))
            {
                var line = monitor.StandardOutput.ReadLineAsync();
                if (deadline <= DateTime.UtcNow || !line.Wait(deadline - DateTime.UtcNow))
                    return false;
            }
            return true;
        }
        finally
        {
            monitor.Kill();
            monitor.WaitForExit();
        }
    });

    bool Settled(string address) => Ip("-6 addr show dev eth0").Split('\n')
        .Any(line => line.Contains(address, StringComparison.Ordinal) && !line.Contains("tentative", StringComparison.Ordinal));

    public Socket Listen(int port) => Listen(_name, port);

    public static Socket Listen(string place, int port) => NamespaceThread.Run(place, () =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        socket.Listen();
        return socket;
    });

    /// <summary>A connection, or null where none comes about in time.</summary>
    public Socket? Connect(string address, int port, int milliseconds = 1000) => Connect(_name, address, port, milliseconds);

    public static Socket? Connect(string place, string address, int port, int milliseconds = 1000)
    {
        var socket = NamespaceThread.Run(place, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        try
        {
            if (socket.ConnectAsync(IPAddress.Parse(address), port).Wait(milliseconds))
                return socket;
        }
        catch (AggregateException e) when (e.InnerException is SocketException)
        {
            // Refused or unreachable: no connection, as with the time that ran out.
        }
        socket.Dispose();
        return null;
    }

    /// <summary>Whether what one end says arrives at the other in time.</summary>
    public static bool Carries(Socket from, Socket to, int milliseconds = 700)
    {
        from.Send(Encoding.ASCII.GetBytes("x"));
        to.ReceiveTimeout = milliseconds;
        try
        {
            return to.Receive(new byte[1]) == 1;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock or SocketError.TryAgain)
        {
            return false;
        }
    }

    /// <summary>Whether a mebibyte arrives whole and in order: packets of every size, in pieces larger than the MTU.</summary>
    public static bool CarriesMuch(Socket from, Socket to)
    {
        var sent = new byte[1 << 20];
        new Random(1).NextBytes(sent);
        var sending = Task.Run(() => from.Send(sent));
        var received = new byte[sent.Length];
        to.ReceiveTimeout = 5000;
        for (var count = 0; count < received.Length;)
            count += to.Receive(received, count, received.Length - count, SocketFlags.None);
        return sending.Wait(5000) && sent.AsSpan().SequenceEqual(received);
    }

    public void Dispose()
    {
        _stop.Cancel();
        Task.WaitAll(_pumps);
        _outside.Dispose();
        _inside.Dispose();
        Tools.Run(null, "ip", ["netns", "del", _name]);
    }
}
