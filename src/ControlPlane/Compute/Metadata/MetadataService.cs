using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Cumulet.ControlPlane.Compute.Servers;
using Cumulet.ControlPlane.Networking;
using Cumulet.Datapath;
using Microsoft.Extensions.Logging;

namespace Cumulet.ControlPlane.Compute.Metadata;

/// <summary>
/// 169.254.169.254 in every network and router namespace. Who asks is known by where the request comes in and its source
/// address, which anti-spoofing makes true; nothing in the request itself counts. The HTTP is a few lines of its own:
/// only GET, one answer per connection, small limits, since whoever speaks here is a guest.
/// </summary>
internal sealed partial class MetadataService(NetworkingRoom networking, GuestBoot boot, ILogger log)
{
    private static readonly IPAddress Address = IPAddress.Parse("169.254.169.254");
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(10);
    private const int MaxRequestBytes = 8 * 1024;
    private const int MaxConnections = 256;

    private readonly ConcurrentDictionary<DatapathNamespace, Socket> _listeners = new();
    private readonly SemaphoreSlim _connections = new(MaxConnections);

    /// <summary>Before Networking is recovered, which tells of all namespaces.</summary>
    public void Begin() => networking.NamespacesChanged += (added, removed) =>
    {
        foreach (var place in removed)
            if (_listeners.TryRemove(place, out var old)) old.Dispose();
        foreach (var place in added) Listen(place);
    };

    private void Listen(DatapathNamespace place)
    {
        try
        {
            var socket = networking.ListenIn(place, Address, 80);
            _listeners[place] = socket;
            _ = Task.Run(() => Accept(place, socket));
        }
        catch (Exception failure) when (failure is SocketException or DatapathException)
        {
            LogNotListening(failure, place.ToString());
        }
    }

    private async Task Accept(DatapathNamespace place, Socket listener)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync();
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                return;
            }
            await _connections.WaitAsync();
            _ = Task.Run(async () =>
            {
                using (client)
                {
                    try
                    {
                        await Serve(place, client);
                    }
                    catch (Exception ended) when (ended is SocketException or IOException or OperationCanceledException)
                    {
                        // The guest went away, or said nothing in time.
                    }
                    finally
                    {
                        _connections.Release();
                    }
                }
            });
        }
    }

    private async Task Serve(DatapathNamespace place, Socket client)
    {
        using var limit = new CancellationTokenSource(RequestLimit);
        await using var stream = new NetworkStream(client, ownsSocket: false);
        var (method, path) = await ReadRequest(stream, limit.Token);
        var answer = method is "GET" or "HEAD" ? Answer(place, client, path) : MetadataAnswer.Text(405, "Method Not Allowed\n");
        var head = string.Create(CultureInfo.InvariantCulture,
            $"HTTP/1.1 {answer.Status} {Reason(answer.Status)}\r\nContent-Type: {answer.ContentType}\r\nContent-Length: {answer.Body.Length}\r\nConnection: close\r\n\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), limit.Token);
        if (method != "HEAD") await stream.WriteAsync(answer.Body, limit.Token);
        client.Shutdown(SocketShutdown.Send);
    }

    private static string Reason(int status) => status switch { 200 => "OK", 400 => "Bad Request", 405 => "Method Not Allowed", _ => "Not Found" };

    private MetadataAnswer Answer(DatapathNamespace place, Socket client, string path)
    {
        var source = ((IPEndPoint)client.RemoteEndPoint!).Address;
        var key = place switch
        {
            DatapathNamespace.OfNetwork(var network) => network.ToString(),
            DatapathNamespace.OfRouter(var router) => router.ToString(),
            _ => "",
        };
        if (networking.ServerByAddress(key, source) is not { } server || boot.DataOf(server) is not { } data) return MetadataAnswer.NotFound;
        return MetadataTree.Find(data, path);
    }

    private static async Task<(string Method, string Path)> ReadRequest(NetworkStream stream, CancellationToken cancel)
    {
        var buffer = new byte[MaxRequestBytes];
        var length = 0;
        while (length < buffer.Length)
        {
            var count = await stream.ReadAsync(buffer.AsMemory(length), cancel);
            if (count == 0) break;
            length += count;
            if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0) break;
        }
        var line = Encoding.ASCII.GetString(buffer, 0, length).Split("\r\n", 2)[0].Split(' ');
        if (line.Length < 2) return ("", "");
        var path = Uri.UnescapeDataString(line[1]);
        var query = path.IndexOf('?', StringComparison.Ordinal);
        return (line[0], query < 0 ? path : path[..query]);
    }

    public void Stop()
    {
        foreach (var listener in _listeners.Values) listener.Dispose();
        _listeners.Clear();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "no metadata service in {place}: guests there have the config drive only")]
    private partial void LogNotListening(Exception failure, string place);
}
