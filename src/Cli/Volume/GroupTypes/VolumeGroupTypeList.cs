using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.GroupTypes;

sealed class VolumeGroupTypeList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<bool> _default = syntax.Flag("--default", "List only the default type");

    public override string Description => "Lists all volume group types.";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var client = call.Cloud.Volume;
        client.Need("3.11", "'volume group type list' command");
        List<JsonObject> types = call[_default]
            ? [(await client.Get("/group_types/default", cancellation))["group_type"]!.AsObject()]
            : await client.List("/group_types?is_public=None", "group_types", cancellation);
        return Table.Of(types, [.. Columns.Headed("ID", "Name", "Is Public"), Columns.Of("Properties", "group_specs")]);
    }
}
