using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Catalog;

sealed class CatalogShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _service = syntax.Argument("<service>", "Service to display (type or name)");

    public override string Description => "Display service catalog details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var catalog = await call.Cloud.Catalog(cancellation);
        var entry = catalog.Entries.OfType<JsonObject>()
            .FirstOrDefault(entry => entry.Text("name") == call[_service] || entry.Text("type") == call[_service])
            ?? throw new CommandError($"service {call[_service]} not found");
        return Record.Sorted(entry.Where(pair => pair.Key != "links").Select(pair =>
            (pair.Key, pair.Key == "endpoints" ? CatalogFields.Endpoints(pair.Value.Copy()) : Cell.Plain(pair.Value.Copy()))));
    }
}
