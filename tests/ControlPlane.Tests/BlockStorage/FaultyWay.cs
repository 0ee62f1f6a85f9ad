using System.Net;
using System.Net.Sockets;

namespace Cumulet.ControlPlane.Tests.BlockStorage;

/// <summary>A way to a server on which each connection meets what it is told to, in order, and those after them nothing.</summary>
internal sealed class FaultyWay : IAsyncDisposable
{
    public enum Fault { Closed, Busy, Cut }

    private const int UntilCut = 100_000;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Queue<Fault> _faults;
    private readonly Task _running;
    private readonly int _to;

    public FaultyWay(Uri to, params Fault[] faults)
    {
        (_to, _faults) = (to.Port, new Queue<Fault>(faults));
        _listener.Start();
        _running = Run();
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    /// <summary>Faults that nobody has met.</summary>
    public int Left => _faults.Count;

    private async Task Run()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                _ = Serve(client, _faults.TryDequeue(out var fault) ? fault : null);
            }
        }
        catch (SocketException)
        {
            // It was stopped.
        }
    }

    private async Task Serve(TcpClient client, Fault? fault)
    {
        using var near = client;
        if (fault == Fault.Closed) return;
        var from = near.GetStream();
        if (fault == Fault.Busy)
        {
            await from.ReadAtLeastAsync(new byte[1 << 14], 1);
            await from.WriteAsync("HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
            return;
        }
        using var far = new TcpClient();
        await far.ConnectAsync(IPAddress.Loopback, _to);
        var there = from.CopyToAsync(far.GetStream());
        await Back(far.GetStream(), from, fault == Fault.Cut ? UntilCut : long.MaxValue);
    }

    private static async Task Back(NetworkStream from, NetworkStream to, long most)
    {
        var buffer = new byte[1 << 14];
        for (int count; most > 0 && (count = await from.ReadAsync(buffer)) > 0; most -= count)
            await to.WriteAsync(buffer.AsMemory(0, count));
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _running;
    }
}
