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
    private readonly Option<bool> _encryption = syntax.Flag("--encryption-type", "With the encryption of each (admin only)");

    public override string Description => "List volume types";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var client = call.Cloud.Volume;
        var isPublic = call.Either(_public, _private) switch { true => "True", false => "False", null => "None" };
        List<JsonObject> types = call[_default]
            ? [(await client.Get("/types/default", cancellation))["volume_type"]!.AsObject()]
            : await client.List("/types?is_public=" + isPublic, "volume_types", cancellation);
        List<(string, Func<JsonObject, Cell>)> columns = [.. Columns.Headed("ID", "Name", "Is Public")];
        if (call[_long]) columns.AddRange([Columns.Of("Description", "description"), Columns.Of("Properties", "extra_specs", Cell.Pairs)]);
        if (call[_encryption]) columns.Add(await Encryptions(client, types, cancellation));
        return Table.Of(types, columns);
    }

    /// <summary>The service tells them only one by one.</summary>
    private static async Task<(string, Func<JsonObject, Cell>)> Encryptions(ServiceClient client, List<JsonObject> types,
        CancellationToken cancellation)
    {
        var read = await Task.WhenAll(types.Select(async type => (Id: type.Id(), Encryption: EncryptionOptions.Shown(
            await EncryptionOptions.Of(client, type.Id(), cancellation), "deleted", "created_at", "updated_at", "deleted_at"))));
        var byType = read.ToDictionary(pair => pair.Id, pair => pair.Encryption);
        return ("Encryption", type => byType[type.Id()] is { Count: > 0 } encryption ? Cell.Pairs(encryption) : new Cell(null, "-"));
    }
}
