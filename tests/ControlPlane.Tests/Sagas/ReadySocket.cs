using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>Where a daemon says that it is ready, as it tells systemd, and under which address.</summary>
internal sealed class ReadySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public ReadySocket() => _socket.Bind(new UnixDomainSocketEndPoint(Path));

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"cumulet-ready-{Guid.NewGuid():N}");

    /// <summary>Null where the daemon ended instead.</summary>
    public async Task<string?> Url(Process daemon, TimeSpan limit)
    {
        var buffer = new byte[4096];
        using var stop = new CancellationTokenSource(limit);
        var said = _socket.ReceiveAsync(buffer, stop.Token).AsTask();
        if (await Task.WhenAny(said, daemon.WaitForExitAsync(stop.Token)) != said) return null;
        return Encoding.UTF8.GetString(buffer, 0, await said).Split('\n').Single(line => line.StartsWith("STATUS=", StringComparison.Ordinal))["STATUS=".Length..];
    }

    public void Dispose()
    {
        _socket.Dispose();
        File.Delete(Path);
    }
}
