using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Cloudwide;

sealed class ExtensionShow(Syntax syntax) : ShowCommand(syntax)
{
    private static readonly Fields Shown = new("alias description id=alias links name updated=updated", []);

    private readonly Argument<string> _extension = syntax.Argument("<extension>", "Alias of an extension of the Network API");

    public override string Description => "Show API extension";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var answer = await call.Cloud.Network.GetOrNull("/extensions/" + Uri.EscapeDataString(call[_extension]), cancellation)
            ?? throw new CommandError($"No Extension found for {call[_extension]}");
        return Shown.Show(answer["extension"]!.AsObject());
    }
}
