using System.Net.WebSockets;
using Cumulet.ControlPlane.Compute.Hypervisor;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cumulet.ControlPlane.Compute.Screen;

/// <summary>
/// A guest's screen over a WebSocket (subprotocol <c>binary</c>), as noVNC speaks it: bytes of RFB in both directions. Stands
/// outside the services: a browser opens it with nothing but the token of the URL.
/// </summary>
internal static class ConsoleSocket
{
    private const string Path = "/console/socket";
    private const int BufferBytes = 64 * 1024;

    public static bool IsBehind(HttpContext http) => http.Request.Path == Path;

    /// <param name="open">The screen behind a token; null where it does not count.</param>
    public static async Task Handle(HttpContext http, Func<string, CancellationToken, Task<Stream?>> open)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            http.Response.StatusCode = 400;
            await http.Response.WriteAsync("This is a WebSocket: open it with a VNC client for browsers.", http.RequestAborted);
            return;
        }
        if (!IsOwnPage(http.Request))
        {
            Refuse(http, 403, "A page of another site may not open a console: the Origin is not this cloud's.");
            return;
        }
        await using var screen = await Open(http, open);
        if (screen is null)
        {
            Refuse(http, 401, "The token of this console does not count (any more); ask for a new console URL.");
            return;
        }
        var protocol = http.WebSockets.WebSocketRequestedProtocols.Contains("binary") ? "binary" : null;
        using var socket = await http.WebSockets.AcceptWebSocketAsync(protocol);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        var (up, down) = (Up(socket, screen, either.Token), Down(screen, socket, either.Token));
        await Task.WhenAny(up, down);
        await either.CancelAsync();
        try
        {
            await Task.WhenAll(up, down);
        }
        catch (Exception ended) when (ended is OperationCanceledException or WebSocketException or IOException)
        {
            // One side went; so does the other.
        }
    }

    // Who waits for frames takes a body for one, and an open connection for a screen that is still silent. So the status line says it.
    private static void Refuse(HttpContext http, int status, string reason)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.Connection = "close";
        if (http.Features.Get<IHttpResponseFeature>() is { } answer) answer.ReasonPhrase = reason;
    }

    /// <summary>Browsers say which site's page asks; other clients say nothing.</summary>
    private static bool IsOwnPage(HttpRequest request) =>
        request.Headers.Origin is not [{ Length: > 0 } origin, ..]
        || Uri.TryCreate(origin, UriKind.Absolute, out var page) && new HostString(page.Authority) == new HostString(request.Host.Value!);

    private static async Task<Stream?> Open(HttpContext http, Func<string, CancellationToken, Task<Stream?>> open)
    {
        try
        {
            return await open(http.Request.Query["token"].ToString(), http.RequestAborted);
        }
        catch (HypervisorException)
        {
            return null;
        }
    }

    private static async Task Up(WebSocket socket, Stream screen, CancellationToken cancel)
    {
        var buffer = new byte[BufferBytes];
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer.AsMemory(), cancel);
            if (got.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancel);
                return;
            }
            await screen.WriteAsync(buffer.AsMemory(0, got.Count), cancel);
        }
    }

    private static async Task Down(Stream screen, WebSocket socket, CancellationToken cancel)
    {
        var buffer = new byte[BufferBytes];
        while (true)
        {
            var count = await screen.ReadAsync(buffer, cancel);
            if (count == 0) return;
            await socket.SendAsync(buffer.AsMemory(0, count), WebSocketMessageType.Binary, endOfMessage: true, cancel);
        }
    }
}
