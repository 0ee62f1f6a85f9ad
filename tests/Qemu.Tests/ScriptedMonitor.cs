using System.Net.Sockets;
using System.Text;
using Cumulet.Qemu.Qmp;

namespace Cumulet.Qemu.Tests;

/// <summary>The other end of a monitor socket, played by a test.</summary>
internal sealed class ScriptedMonitor : IAsyncDisposable
{
    public const string Greeting = """{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}}, "capabilities": ["oob"]}}""" + "\r\n";
    private readonly ScratchFolder _folder = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Task _script;

    public ScriptedMonitor(Func<ScriptedPeer, Task> script)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen();
        _script = Task.Run(async () =>
        {
            using var peer = new ScriptedPeer(await _listener.AcceptAsync());
            await script(peer);
        });
    }

    public string Path => _folder.File("qmp");

    public List<QmpEvent> Events { get; } = [];

    public Task<QmpConnection> ConnectAsync(QmpLimits? limits = null) =>
        QmpConnection.ConnectAsync(Path, limits ?? new QmpLimits(), TimeProvider.System, Events.Add, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _script;
        _listener.Dispose();
        _folder.Dispose();
    }
}

internal sealed class ScriptedPeer(Socket socket) : IDisposable
{
    private readonly StreamReader _reader = new(new NetworkStream(socket, true), Encoding.UTF8);

    public Socket Socket => socket;

    public Task<string?> ReadAsync() => _reader.ReadLineAsync();

    public Task SendAsync(string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Greets and grants the capabilities (id 1).</summary>
    public async Task NegotiateAsync()
    {
        await SendAsync(ScriptedMonitor.Greeting);
        Assert.Equal("""{"execute":"qmp_capabilities","id":1}""", await ReadAsync());
        await SendAsync("""{"return": {}, "id": 1}""" + "\r\n");
    }

    public void Dispose() => _reader.Dispose();
}
