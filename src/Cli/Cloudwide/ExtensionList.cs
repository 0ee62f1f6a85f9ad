using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Cloudwide;

sealed class ExtensionList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<bool> _compute = syntax.Flag("--compute", "List extensions for the Compute API");
    private readonly Option<bool> _identity = syntax.Flag("--identity", "List extensions for the Identity API");
    private readonly Option<bool> _network = syntax.Flag("--network", "List extensions for the Network API");
    private readonly Option<bool> _volume = syntax.Flag("--volume", "List extensions for the Block Storage API");
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");

    public override string Description => "List API extensions";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var all = !call[_compute] && !call[_identity] && !call[_network] && !call[_volume];
        var extensions = new List<JsonObject>();
        foreach (var (wanted, client, name) in new[]
        {
            (call[_identity], call.Cloud.Identity, "Identity"), (call[_compute], call.Cloud.Compute, "Compute"),
            (call[_volume], call.Cloud.Volume, "Block Storage"), (call[_network], call.Cloud.Network, "Network"),
        })
        {
            if (wanted || all) extensions.AddRange(await Of(call, client, name, cancellation));
        }

        (string, Func<JsonObject, Cell>)[] columns = [Columns.Of("Name", "name"), Columns.Of("Alias", "alias"), Columns.Of("Description", "description")];
        return Table.Of(extensions, call[_long]
            ? [.. columns, Columns.Of("Namespace", "namespace"), Columns.Of("Updated", "updated"), Columns.Of("Links", "links")]
            : columns);
    }

    private static async Task<List<JsonObject>> Of(Call call, ServiceClient client, string name, CancellationToken cancellation)
    {
        try
        {
            return await client.List("/extensions", "extensions", cancellation);
        }
        catch (Exception error) when (error is ApiError or CommandError)
        {
            call.Terminal.Error.WriteLine($"Extensions list not supported by {name} API");
            return [];
        }
    }
}
