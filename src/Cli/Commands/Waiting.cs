using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Commands;

/// <summary>
/// <c>--wait</c>: asks again until the cloud has got there. The API has no way to be told, so it is asked, quickly at
/// first because most things take less than a second, then seldom.
/// </summary>
static class Waiting
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>Waits for one of the wanted statuses.</summary>
    /// <param name="ask">The thing as it is now.</param>
    /// <exception cref="CommandError">It came to a status of error.</exception>
    public static async Task<JsonObject> Until(Call call, Func<Task<JsonObject>> ask, string[] wanted, string what,
        CancellationToken cancellation)
    {
        var pause = First;
        var shown = "";
        while (true)
        {
            var thing = await ask();
            var status = thing.Text("status") ?? "";
            if (wanted.Contains(status, StringComparer.OrdinalIgnoreCase))
            {
                if (shown.Length > 0) call.Terminal.Error.WriteLine();
                return thing;
            }

            if (status.StartsWith("error", StringComparison.OrdinalIgnoreCase) || status.Equals("killed", StringComparison.OrdinalIgnoreCase))
            {
                if (shown.Length > 0) call.Terminal.Error.WriteLine();
                var fault = thing.Field("fault").Text("message");
                throw new CommandError($"Error {what}: {thing.Text("name")} ({thing.Text("id")})" + (fault is null ? "" : ": " + fault));
            }

            shown = Show(call, shown, thing.Text("progress") ?? "", status);
            await Task.Delay(pause, call.Terminal.Clock, cancellation);
            pause = Longer(pause);
        }
    }

    /// <summary>Waits until the cloud knows it no more.</summary>
    public static async Task UntilGone(Call call, Func<Task<JsonObject?>> ask, string key, CancellationToken cancellation)
    {
        var pause = First;
        var shown = "";
        while (await ask() is { } answer)
        {
            var thing = answer.Field(key) as JsonObject ?? answer;
            var status = thing.Text("status") ?? "";
            if (status.Equals("DELETED", StringComparison.OrdinalIgnoreCase) || status.Equals("SOFT_DELETED", StringComparison.OrdinalIgnoreCase)) break;
            if (status.StartsWith("error", StringComparison.OrdinalIgnoreCase))
                throw new CommandError($"Error deleting {key}: {thing.Text("id")}");
            shown = Show(call, shown, thing.Text("progress") ?? "", status);
            await Task.Delay(pause, call.Terminal.Clock, cancellation);
            pause = Longer(pause);
        }

        if (shown.Length > 0) call.Terminal.Error.WriteLine();
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 1.5 < Longest ? pause * 1.5 : Longest;

    private static string Show(Call call, string before, string progress, string status)
    {
        var now = $"Progress: {(progress.Length == 0 ? "0" : progress)} ({status})";
        if (now == before || call.Cloud.Configuration.Quiet) return before;
        call.Terminal.Error.Write("\r" + now.PadRight(before.Length));
        call.Terminal.Error.Flush();
        return now;
    }
}
