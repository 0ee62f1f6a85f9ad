using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Commands;

/// <summary>Several independent changes of one command: each is tried, each failure is told, and the end is one error.</summary>
sealed class Steps(Call call)
{
    private int _failed;

    public async Task Try(string what, Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception error) when (error is ApiError or CommandError)
        {
            _failed++;
            call.Terminal.Error.WriteLine($"Failed to {what}: {error.Message}");
        }
    }

    /// <exception cref="CommandError">A step failed.</exception>
    public void End(string message)
    {
        if (_failed > 0) throw new CommandError(message);
    }
}
