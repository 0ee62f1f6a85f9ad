using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Commands;

/// <summary>Shows the one thing that is named.</summary>
abstract class ShowByNameCommand(Syntax syntax, Resource resource, string noun, Func<JsonObject, Record> show, string? metavar = null)
    : ShowCommand(syntax)
{
    private readonly Argument<string> _thing = syntax.Argument(metavar ?? $"<{noun.Replace(' ', '-')}>", $"{noun} to display (name or ID)");

    public override string Description => $"Display {noun} details";

    protected string Name(Call call) => call[_thing];

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation) =>
        show(await call.Cloud.Find(resource, call[_thing], cancellation));
}
