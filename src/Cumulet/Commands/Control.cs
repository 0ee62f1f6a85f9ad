using System.Net.Sockets;

namespace Cumulet.Commands;

/// <summary>The daemon's private door: HTTP over the socket in its state folder, which only its owner can open.</summary>
internal sealed class Control : IDisposable
{
    private readonly HttpClient _http;

    public Control(StateFolder folder)
    {
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(folder.ControlSocket), cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        {
            BaseAddress = new Uri("http://control"),
            Timeout = TimeSpan.FromMinutes(10),
        };
    }

    public async Task<(int Status, string Text)> Ask(HttpMethod method, string path, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path);
        using var response = await _http.SendAsync(request, cancel);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancel));
    }

    public void Dispose() => _http.Dispose();

    public static StateFolder Required(StateFolder folder) => folder.Running() is not null
        ? folder
        : throw new CommandFailedException($"no cloud runs in {folder.Path}; `cumulet up --state {folder.Path}` starts it");
}
