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
/// GET, and POST of a password, one answer per connection, small limits, since whoever speaks here is a guest.
/// </summary>
internal sealed partial class MetadataService(CloudParts parts, NetworkingRoom networking, GuestBoot boot)
{
    private readonly ILogger _log = parts.Logging.CreateLogger("metadata");
    private static readonly IPAddress Address = IPAddress.Parse("169.254.169.254");
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(10);
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
        var asked = await MetadataRequest.Read(stream, limit.Token);
        var answer = await Answer(place, client, asked);
        var head = string.Create(CultureInfo.InvariantCulture,
            $"HTTP/1.1 {answer.Status} {Reason(answer.Status)}\r\nContent-Type: {answer.ContentType}\r\nContent-Length: {answer.Body.Length}\r\nConnection: close\r\n\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), limit.Token);
        if (asked.Method != "HEAD") await stream.WriteAsync(answer.Body, limit.Token);
        client.Shutdown(SocketShutdown.Send);
    }

    private static string Reason(int status) => status switch { 200 => "OK", 400 => "Bad Request", 405 => "Method Not Allowed", 409 => "Conflict", _ => "Not Found" };

    private async Task<MetadataAnswer> Answer(DatapathNamespace place, Socket client, MetadataRequest asked)
    {
        var source = ((IPEndPoint)client.RemoteEndPoint!).Address;
        var key = place switch
        {
            DatapathNamespace.OfNetwork(var network) => network.ToString(),
            DatapathNamespace.OfRouter(var router) => router.ToString(),
            _ => "",
        };
        if (networking.ServerByAddress(key, source) is not { } server || boot.DataOf(server) is not { } data) return MetadataAnswer.NotFound;
        return asked.Method switch
        {
            "GET" or "HEAD" => MetadataTree.Find(data, asked.Path),
            "POST" when MetadataTree.IsPassword(asked.Path) => await TakePassword(server, asked.Body),
            _ => MetadataAnswer.Text(405, "Method Not Allowed\n"),
        };
    }

    private async Task<MetadataAnswer> TakePassword(string server, byte[] body)
    {
        if (body.Length > ServerPassword.MaxSize) return MetadataAnswer.Text(400, "Request is too large.\n");
        var password = Encoding.ASCII.GetString(body);
        return await parts.Database.Write(tx => ServerPassword.TrySet(tx, server, password))
            ? MetadataAnswer.Text(200, "")
            : MetadataAnswer.Text(409, "A password is set already.\n");
    }

    public void Stop()
    {
        foreach (var listener in _listeners.Values) listener.Dispose();
        _listeners.Clear();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "no metadata service in {place}: guests there have the config drive only")]
    private partial void LogNotListening(Exception failure, string place);
}
