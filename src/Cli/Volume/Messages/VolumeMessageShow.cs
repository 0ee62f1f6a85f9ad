using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Messages;

sealed class VolumeMessageShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _message = syntax.Argument("<message-id>", "Message to show (ID)");

    public override string Description => "Show a volume failure message";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        call.Cloud.Volume.Need("3.3", "'volume message show' command");
        var answer = await call.Cloud.Volume.Get("/messages/" + Uri.EscapeDataString(call[_message]), cancellation);
        return Record.Sorted(answer["message"]!.AsObject());
    }
}
