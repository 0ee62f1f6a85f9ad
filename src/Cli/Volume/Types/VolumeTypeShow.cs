using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Types;

sealed class VolumeTypeShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _type = syntax.Argument("<volume-type>", "Volume type to display (name or ID)");
    private readonly Option<bool> _encryption = syntax.Flag("--encryption-type", "With its encryption (admin only)");

    public override string Description => "Display volume type details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var type = await call.Cloud.Find(Resources.VolumeType, call[_type], cancellation);
        var fields = type.Where(pair => pair.Key is not ("extra_specs" or "os-volume-type-access:is_public"))
            .Select(pair => (pair.Key, Cell.Plain(pair.Value.Copy()))).ToList();
        fields.Add(("properties", Cell.Pairs(type["extra_specs"].Copy() ?? new JsonObject())));
        fields.Add(("access_project_ids", await Projects(call, type, cancellation)));
        if (call[_encryption]) await AddEncryption(call, type.Id(), fields, cancellation);
        return Record.Sorted(fields);
    }

    private static async Task AddEncryption(Call call, string type, List<(string, Cell)> fields, CancellationToken cancellation)
    {
        try
        {
            var encryption = await EncryptionOptions.Of(call.Cloud.Volume, type, cancellation);
            fields.Add(("encryption", Cell.Pairs(EncryptionOptions.Shown(encryption))));
        }
        catch (ApiError error)
        {
            call.Terminal.Error.WriteLine($"Failed to display the encryption information of this volume type: {error.Message}");
        }
    }

    private static async Task<Cell> Projects(Call call, JsonObject type, CancellationToken cancellation)
    {
        if (Cell.IsTrue(type["is_public"])) return new Cell(null);
        try
        {
            var access = await call.Cloud.Volume.List($"/types/{type.Id()}/os-volume-type-access", "volume_type_access", cancellation);
            return Cell.List(JsonReading.Array(access.Select(entry => entry.Text("project_id")!)));
        }
        catch (ApiError error)
        {
            call.Terminal.Error.WriteLine($"Failed to get access project list for volume type '{type.Id()}': {error.Message}");
            return new Cell(null);
        }
    }
}
