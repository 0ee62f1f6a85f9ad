using System.Net.Sockets;
using Cumulet.Qemu.Qmp;

namespace Cumulet.Qemu.Tests;

public sealed class QmpConnectionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Execute_returns_the_answer_and_events_in_between()
    {
        await using var monitor = new ScriptedMonitor(async peer =>
        {
            await peer.NegotiateAsync();
            Assert.Equal("""{"execute":"query-status","id":2}""", await peer.ReadAsync());
            await peer.SendAsync("""{"event": "STOP", "timestamp": {"seconds": 1, "microseconds": 2}}""" + "\r\n{\"return\": {\"sta");
            await peer.SendAsync("tus\": \"paused\"}, \"id\": 2}\r\n");
            await peer.ReadAsync();
        });
        await using var qmp = await monitor.ConnectAsync();
        Assert.Equal("paused", await qmp.QueryStatusAsync(Cancellation));
        Assert.Equal("STOP", Assert.Single(monitor.Events).Name);
    }

    [Fact]
    public async Task Execute_refused_throws_and_the_connection_goes_on()
    {
        await using var monitor = new ScriptedMonitor(async peer =>
        {
            await peer.NegotiateAsync();
            Assert.Equal("""{"execute":"device_del","arguments":{"id":"vdb"},"id":2}""", await peer.ReadAsync());
            await peer.SendAsync("""{"id": 2, "error": {"class": "DeviceNotFound", "desc": "Device 'vdb' not found"}}""" + "\n");
            await peer.ReadAsync();
            await peer.SendAsync("""{"return": {}, "id": 3}""" + "\n");
        });
        await using var qmp = await monitor.ConnectAsync();
        var refused = await Assert.ThrowsAsync<QmpCommandException>(() => qmp.DeviceDelAsync("vdb", Cancellation));
        Assert.Equal(("DeviceNotFound", "Device 'vdb' not found"), (refused.ErrorClass, refused.Description));
        await qmp.ContinueAsync(Cancellation);
    }

    [Fact]
    public async Task Execute_without_answer_times_out_and_poisons()
    {
        await using var monitor = new ScriptedMonitor(async peer =>
        {
            await peer.NegotiateAsync();
            while (await peer.ReadAsync() is not null)
            {
            }
        });
        await using var qmp = await monitor.ConnectAsync(new QmpLimits { Command = TimeSpan.FromMilliseconds(100) });
        await Assert.ThrowsAsync<QmpTimeoutException>(() => qmp.StopAsync(Cancellation));
        var later = await Assert.ThrowsAsync<QmpClosedException>(() => qmp.StopAsync(Cancellation));
        Assert.IsType<QmpTimeoutException>(later.InnerException);
        Assert.IsType<QmpTimeoutException>(await qmp.Closed);
    }

    [Fact]
    public async Task Execute_cancelled_leaves_the_connection_in_step()
    {
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        await using var monitor = new ScriptedMonitor(async peer =>
        {
            await peer.NegotiateAsync();
            await peer.ReadAsync();
            asked.SetResult();
            await answer.Task;
            await peer.SendAsync("""{"return": {}, "id": 2}""" + "\n");
            await peer.ReadAsync();
            await peer.SendAsync("""{"return": {"status": "running"}, "id": 3}""" + "\n");
        });
        await using var qmp = await monitor.ConnectAsync();
        using var giveUp = new CancellationTokenSource();
        var stop = qmp.StopAsync(giveUp.Token);
        await asked.Task;
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stop);
        var status = qmp.QueryStatusAsync(Cancellation);
        answer.SetResult();
        Assert.Equal("running", await status);
    }

    [Fact]
    public async Task Connect_to_a_silent_peer_times_out()
    {
        await using var monitor = new ScriptedMonitor(async peer => await peer.ReadAsync());
        await Assert.ThrowsAsync<QmpTimeoutException>(() => monitor.ConnectAsync(new QmpLimits { Greeting = TimeSpan.FromMilliseconds(100) }));
    }

    [Theory]
    [InlineData("hello\n")]
    [InlineData("[1]\n")]
    [InlineData("{\"return\": {}, \"id\": 99}\n")]
    [InlineData("{\"return\": {}, \"id\": \"2\"}\n")]
    [InlineData("{\"return\": {}}\n")]
    [InlineData("{\"id\": 2}\n")]
    [InlineData("{\"error\": {\"class\": \"GenericError\", \"desc\": \"Invalid JSON syntax\"}}\n")]
    public async Task Execute_answered_by_babble_closes(string babble)
    {
        await using var monitor = new ScriptedMonitor(async peer =>
        {
            await peer.NegotiateAsync();
            await peer.ReadAsync();
            await peer.SendAsync(babble);
            await peer.ReadAsync();
        });
        await using var qmp = await monitor.ConnectAsync();
        await Assert.ThrowsAsync<QmpProtocolException>(() => qmp.StopAsync(Cancellation));
        Assert.IsType<QmpProtocolException>(await qmp.Closed);
    }

    [Fact]
    public async Task Connect_without_greeting_is_refused()
    {
        await using var monitor = new ScriptedMonitor(peer => peer.SendAsync("""{"return": {}, "id": 1}""" + "\n"));
        await Assert.ThrowsAsync<QmpProtocolException>(() => monitor.ConnectAsync());
    }

    [Fact]
    public async Task Execute_cut_off_in_a_line_is_closed()
    {
        await using var monitor = new ScriptedMonitor(async peer =>
        {
            await peer.NegotiateAsync();
            await peer.ReadAsync();
            await peer.SendAsync("""{"return": {"sta""");
        });
        await using var qmp = await monitor.ConnectAsync();
        await Assert.ThrowsAsync<QmpClosedException>(() => qmp.QueryStatusAsync(Cancellation));
    }

    [Fact]
    public async Task Line_of_100_MB_is_refused_at_the_limit()
    {
        long sent = 0;
        await using var monitor = new ScriptedMonitor(async peer =>
        {
            await peer.NegotiateAsync();
            await peer.ReadAsync();
            var chunk = new byte[1 << 20];
            chunk.AsSpan().Fill((byte)'x');
            try
            {
                for (; sent < 100 << 20; sent += chunk.Length)
                    await peer.Socket.SendAsync(chunk);
            }
            catch (SocketException)
            {
                // Cut off by the client, as it should.
            }
        });
        await using var qmp = await monitor.ConnectAsync(new QmpLimits { LineBytes = 4 << 20 });
        await Assert.ThrowsAsync<QmpProtocolException>(() => qmp.StopAsync(Cancellation));
        Assert.InRange(Interlocked.Read(ref sent), 0, 6 << 20);
    }

    [Fact]
    public async Task Connect_to_nobody_says_where()
    {
        var failure = await Assert.ThrowsAsync<QmpClosedException>(() => QmpConnection.ConnectAsync(
            "/nonexistent/qmp", new QmpLimits(), TimeProvider.System, _ => { }, Cancellation));
        Assert.Contains("/nonexistent/qmp", failure.Message);
    }
}
