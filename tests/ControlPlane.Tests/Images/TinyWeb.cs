using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cumulet.ControlPlane.Tests.Images;

/// <summary>A web server with one file, and a redirection to it.</summary>
internal sealed class TinyWeb : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private Task _serving = Task.CompletedTask;

    public string Url => $"http://{_listener.LocalEndpoint}";

    public static Task<TinyWeb> Serve(byte[] file)
    {
        var web = new TinyWeb();
        web._listener.Start();
        web._serving = web.Accept(file);
        return Task.FromResult(web);
    }

    private async Task Accept(byte[] file)
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                var first = await reader.ReadLineAsync() ?? "";
                while (await reader.ReadLineAsync() is { Length: > 0 }) { }
                var isFile = first.Contains("/image", StringComparison.Ordinal);
                var head = isFile
                    ? $"HTTP/1.1 200 OK\r\nContent-Length: {file.Length}\r\nConnection: close\r\n\r\n"
                    : $"HTTP/1.1 302 Found\r\nLocation: {Url}/image\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
                if (isFile) await stream.WriteAsync(file);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            // The listener was stopped.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Dispose();
    }
}
