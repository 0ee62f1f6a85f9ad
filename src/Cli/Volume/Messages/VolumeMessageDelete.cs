using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Messages;

sealed class VolumeMessageDelete(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string[]> _messages = syntax.Several("<message-id>", "Message(s) to delete (ID)");

    public override string Description => "Delete a volume failure message";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        call.Cloud.Volume.Need("3.3", "'volume message delete' command");
        var failed = 0;
        foreach (var message in call[_messages])
        {
            try
            {
                await call.Cloud.Volume.Delete("/messages/" + Uri.EscapeDataString(message), cancellation);
            }
            catch (ApiError error)
            {
                failed++;
                call.Terminal.Error.WriteLine($"Failed to delete message: {message}: {error.Message}");
            }
        }

        if (failed > 0) throw new CommandError($"Failed to delete {failed} of {call[_messages].Length} messages.");
    }
}
