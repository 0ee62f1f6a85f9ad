using System.Net.Sockets;

namespace Cumulet.Qemu.Qmp;

/// <summary>Cuts the byte stream of a monitor into lines, never holding more than the limit.</summary>
internal sealed class QmpLines(Socket socket, int limit)
{
    private const int Start = 16 * 1024;
    private byte[] _buffer = new byte[Start];
    private int _begin, _end, _scanned;

    /// <summary>The next line without its end, or null at the end of the stream. Valid until the next call.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var found = _buffer.AsSpan(_scanned, _end - _scanned).IndexOf((byte)'\n');
            if (found >= 0)
            {
                var line = _buffer.AsMemory(_begin, _scanned + found - _begin);
                _begin = _scanned = _scanned + found + 1;
                return line;
            }
            _scanned = _end;
            MakeRoom();
            var read = await socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, cancellation);
            if (read == 0)
                return null;
            _end += read;
        }
    }

    private void MakeRoom()
    {
        var used = _end - _begin;
        if (used > limit)
            throw new QmpProtocolException($"the monitor sent a line longer than {limit} bytes");
        var target = _buffer;
        if (used == _buffer.Length)
            target = new byte[Math.Min(_buffer.Length * 2L, limit + 1L)];
        else if (used == 0 && _buffer.Length > Start)
            target = new byte[Start]; // a rare long answer does not keep its memory
        else if (_end < _buffer.Length)
            return;
        _buffer.AsSpan(_begin, used).CopyTo(target);
        (_buffer, _begin, _end, _scanned) = (target, 0, used, used);
    }
}
