using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Types;

sealed class VolumeTypeList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");
    private readonly Option<bool> _default = syntax.FlagIn("which", "--default", "List only the default type");
    private readonly Option<bool> _public = syntax.FlagIn("which", "--public", "List only public types");
    private readonly Option<bool> _private = syntax.FlagIn("which", "--private", "List only private types (admin only)");

    public override string Description => "List volume types";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var client = call.Cloud.Volume;
        var isPublic = call.Either(_public, _private) switch { true => "True", false => "False", null => "None" };
        List<JsonObject> types = call[_default]
            ? [(await client.Get("/types/default", cancellation))["volume_type"]!.AsObject()]
            : await client.List("/types?is_public=" + isPublic, "volume_types", cancellation);
        List<(string, Func<JsonObject, Cell>)> columns = [Columns.Of("ID", "id"), Columns.Of("Name", "name"), Columns.Of("Is Public", "is_public")];
        if (call[_long]) columns.AddRange([Columns.Of("Description", "description"), Columns.Of("Properties", "extra_specs", Cell.Pairs)]);
        return Table.Of(types, columns);
    }
}
