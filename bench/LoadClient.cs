using System.Net.Sockets;
using System.Text;

namespace Cumulet.Bench;

/// <summary>
/// One connection that sends one prepared GET again and again and looks at no more of the answer than its status and
/// length. It runs on the server's own cores: what it spent would be taken for the server's.
/// </summary>
internal sealed class LoadClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _request;
    private readonly byte[] _buffer = new byte[256 * 1024];

    public LoadClient(BenchCloud cloud, string path)
    {
        var headers = cloud.Http.DefaultRequestHeaders.SelectMany(h => h.Value.Select(v => $"{h.Key}: {v}\r\n"));
        _request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{cloud.Port}\r\n{string.Concat(headers)}\r\n");
        _socket.Connect("127.0.0.1", cloud.Port);
    }

    /// <summary>The bytes of the answer's body.</summary>
    public int Ask()
    {
        _socket.Send(_request);
        var (read, body) = (0, -1);
        while (body < 0)
        {
            read += Receive(read);
            body = _buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8);
        }
        var head = Encoding.ASCII.GetString(_buffer, 0, body);
        if (!head.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) throw new InvalidOperationException(head);
        var at = head.IndexOf("Content-Length:", StringComparison.OrdinalIgnoreCase) + "Content-Length:".Length;
        var end = head.IndexOf('\r', at);
        var length = int.Parse(end < 0 ? head.AsSpan(at) : head.AsSpan(at, end - at));
        var left = length - (read - body - 4);
        while (left > 0) left -= Receive(0);
        return length;
    }

    private int Receive(int offset) => _socket.Receive(_buffer, offset, _buffer.Length - offset, SocketFlags.None) is > 0 and var got
        ? got
        : throw new InvalidOperationException("the server closed the connection");

    public void Dispose() => _socket.Dispose();
}
