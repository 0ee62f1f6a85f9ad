using System.Buffers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Cumulet.Qemu.Native;

namespace Cumulet.Qemu.Qmp;

/// <summary>
/// One connection to a QEMU monitor: greeting, capabilities, then one command at a time and events in between.
/// </summary>
/// <remarks>
/// One command in flight, because QEMU works them off one by one anyway and because descriptors that ride on a command
/// (SCM_RIGHTS) belong to whichever command it reads next. A caller that gives up (cancellation) leaves the turn taken
/// until the answer is in. A time limit, a malformed line or a foreign id poison the connection: it is closed, each
/// later command fails at once with the first reason. Whoever needs QEMU then connects anew.
/// </remarks>
public sealed partial class QmpConnection : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly QmpLimits _limits;
    private readonly TimeProvider _time;
    private readonly Action<QmpEvent> _onEvent;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly TaskCompletionSource _greeting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<QmpException> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private Pending? _pending;
    private QmpException? _failure;
    private long _lastId;
    private Task _reader = Task.CompletedTask;

    private QmpConnection(Socket socket, QmpLimits limits, TimeProvider time, Action<QmpEvent> onEvent)
    {
        _socket = socket;
        _limits = limits;
        _time = time;
        _onEvent = onEvent;
    }

    /// <summary>Completes as soon as the connection is over, with the reason: this is how a death of QEMU is first seen.</summary>
    public Task<QmpException> Closed => _closed.Task;

    /// <summary>Connects and negotiates. <paramref name="onEvent"/> runs on the reading loop and must only hand over.</summary>
    public static async Task<QmpConnection> ConnectAsync(
        string path, QmpLimits limits, TimeProvider time, Action<QmpEvent> onEvent, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new QmpClosedException($"cannot connect to the monitor socket {path}: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        var connection = new QmpConnection(socket, limits, time, onEvent);
        try
        {
            await connection.NegotiateAsync(cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task NegotiateAsync(CancellationToken cancellation)
    {
        _reader = ReadAsync();
        try
        {
            await _greeting.Task.WaitAsync(_limits.Greeting, _time, cancellation);
        }
        catch (TimeoutException)
        {
            var failure = new QmpTimeoutException("with its greeting", _limits.Greeting);
            Fail(failure);
            throw failure;
        }
        await ExecuteAsync("qmp_capabilities", null, cancellation);
    }

    /// <summary>Sends a command and returns its <c>return</c> value.</summary>
    /// <exception cref="QmpException">Refused, timed out, malformed or closed; see the cases.</exception>
    public Task<JsonElement> ExecuteAsync(string command, Action<Utf8JsonWriter>? arguments, CancellationToken cancellation) =>
        ExecuteAsync(command, arguments, null, null, cancellation);

    /// <summary>The same with a limit of its own and with descriptors that QEMU gets duplicates of.</summary>
    public async Task<JsonElement> ExecuteAsync(
        string command, Action<Utf8JsonWriter>? arguments, TimeSpan? limit, SafeHandle? descriptor, CancellationToken cancellation)
    {
        ThrowIfFailed();
        await _turn.WaitAsync(cancellation);
        return await TakeTurnAsync(command, arguments, limit ?? _limits.Command, descriptor).WaitAsync(cancellation);
    }

    private async Task<JsonElement> TakeTurnAsync(
        string command, Action<Utf8JsonWriter>? arguments, TimeSpan limit, SafeHandle? descriptor)
    {
        try
        {
            ThrowIfFailed();
            var pending = new Pending(++_lastId, command);
            lock (_gate)
                _pending = pending;
            ThrowIfFailed();
            return await ExchangeAsync(pending, Encode(pending, arguments), descriptor).WaitAsync(limit, _time);
        }
        catch (TimeoutException)
        {
            var failure = new QmpTimeoutException(command, limit);
            Fail(failure);
            throw failure;
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            Fail(new QmpClosedException($"the monitor connection broke while sending {command}: {e.Message}", e));
            throw _failure!;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<JsonElement> ExchangeAsync(Pending pending, ReadOnlyMemory<byte> bytes, SafeHandle? descriptor)
    {
        var sent = descriptor is null ? 0 : SendWith(descriptor, bytes.Span);
        while (sent < bytes.Length)
            sent += await _socket.SendAsync(bytes[sent..], SocketFlags.None);
        return await pending.Answer.Task;
    }

    private int SendWith(SafeHandle descriptor, ReadOnlySpan<byte> bytes)
    {
        var added = false;
        descriptor.DangerousAddRef(ref added);
        try
        {
            return DescriptorPassing.Send(_socket.SafeHandle, bytes, [(int)descriptor.DangerousGetHandle()]);
        }
        finally
        {
            descriptor.DangerousRelease();
        }
    }

    private static ReadOnlyMemory<byte> Encode(Pending pending, Action<Utf8JsonWriter>? arguments)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("execute"u8, pending.Command);
            if (arguments is not null)
            {
                json.WriteStartObject("arguments"u8);
                arguments(json);
                json.WriteEndObject();
            }
            json.WriteNumber("id"u8, pending.Id);
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    private async Task ReadAsync()
    {
        // Leaves the caller's stack at once; the first line may already be there.
        await Task.Yield();
        try
        {
            var lines = new QmpLines(_socket, _limits.LineBytes);
            while (await lines.ReadAsync(CancellationToken.None) is { } line)
                Take(line);
            Fail(new QmpClosedException("QEMU closed the monitor connection"));
        }
        catch (JsonException e)
        {
            Fail(new QmpProtocolException($"the monitor sent a line that is not JSON: {e.Message}", e));
        }
        catch (QmpException e)
        {
            Fail(e);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Fail(new QmpClosedException($"the monitor connection broke: {e.Message}", e));
        }
    }

    private void Take(ReadOnlyMemory<byte> line)
    {
        if (line.Span.Trim(" \r\t"u8).IsEmpty)
            return;
        using var document = JsonDocument.Parse(line);
        var message = document.RootElement;
        if (message.ValueKind != JsonValueKind.Object)
            throw new QmpProtocolException("the monitor sent JSON that is not an object");
        if (message.TryGetProperty("QMP"u8, out _))
            _greeting.TrySetResult();
        else if (!_greeting.Task.IsCompleted)
            throw new QmpProtocolException("the monitor's first line is not a QMP greeting");
        else if (message.TryGetProperty("event"u8, out var name) && name.ValueKind == JsonValueKind.String)
            _onEvent(new QmpEvent(name.GetString()!, message.TryGetProperty("data"u8, out var data) ? data.Clone() : Empty));
        else
            TakeAnswer(message);
    }

    private void TakeAnswer(JsonElement message)
    {
        Pending? pending;
        lock (_gate)
        {
            pending = _pending;
            if (pending is null || !message.TryGetProperty("id"u8, out var id) || id.ValueKind != JsonValueKind.Number
                || !id.TryGetInt64(out var number) || number != pending.Id)
                throw new QmpProtocolException("the monitor sent an answer to a command that was not asked");
            _pending = null;
        }
        if (message.TryGetProperty("return"u8, out var value))
            pending.Answer.TrySetResult(value.Clone());
        else if (message.TryGetProperty("error"u8, out var error) && error.ValueKind == JsonValueKind.Object)
            pending.Answer.TrySetException(new QmpCommandException(pending.Command, Text(error, "class"), Text(error, "desc")));
        else
        {
            var malformed = new QmpProtocolException($"the monitor's answer to {pending.Command} has neither return nor error");
            pending.Answer.TrySetException(malformed);
            throw malformed;
        }
    }

    private static string Text(JsonElement error, string member) =>
        error.TryGetProperty(member, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "(none)";

    private void Fail(QmpException reason)
    {
        Pending? pending;
        lock (_gate)
        {
            if (_failure is not null)
                return;
            _failure = reason;
            (pending, _pending) = (_pending, null);
        }
        _socket.Dispose();
        _greeting.TrySetException(reason);
        _ = _greeting.Task.Exception; // looked at: nobody may be waiting any more
        pending?.Answer.TrySetException(reason);
        _ = pending?.Answer.Task.Exception;
        _closed.TrySetResult(reason);
    }

    private void ThrowIfFailed()
    {
        lock (_gate)
        {
            if (_failure is { } reason)
                throw reason is QmpClosedException
                    ? new QmpClosedException(reason.Message, reason)
                    : new QmpClosedException($"the monitor connection was given up earlier: {reason.Message}", reason);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Fail(new QmpClosedException("the monitor connection was closed by us"));
        await _reader;
    }

    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement.Clone();

    private sealed record Pending(long Id, string Command)
    {
        public TaskCompletionSource<JsonElement> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
