using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Types;

sealed class VolumeTypeCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _name = syntax.Argument("<name>", "Volume type name");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly Option<bool> _public = syntax.FlagIn("which", "--public", "All projects may use it");
    private readonly Option<bool> _private = syntax.FlagIn("which", "--private", "Only chosen projects may use it");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Set a property, an extra spec (repeatable)");
    private readonly EncryptionOptions _encryption = new(syntax);
    private readonly ProjectOption _project = new(syntax, "With --private: allow this project (admin only) (name or ID)");

    public override string Description => "Create new volume type";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        if (_project.IsGiven(call) && !call[_private]) throw new CommandError("--project is only allowed with --private");
        _encryption.CheckForCreation(call);
        var client = call.Cloud.Volume;
        var body = new JsonObject
        {
            ["name"] = call[_name], ["description"] = call[_description], ["os-volume-type-access:is_public"] = !call[_private],
        };
        _ = call[_public];
        var type = (await client.Post("/types", new JsonObject { ["volume_type"] = body }, cancellation))["volume_type"]!.AsObject();
        var fields = type.Where(pair => pair.Key is not ("extra_specs" or "os-volume-type-access:is_public"))
            .Select(pair => (pair.Key, Cell.Plain(pair.Value.Copy()))).ToList();
        if (await _project.Id(call, cancellation) is { } project)
            await client.Post($"/types/{type.Id()}/action", new JsonObject { ["addProjectAccess"] = new JsonObject { ["project"] = project } }, cancellation);
        if (call.Has(_properties))
        {
            await client.Post($"/types/{type.Id()}/extra_specs", new JsonObject { ["extra_specs"] = call.Pairs(_properties) }, cancellation);
            fields.Add(("properties", Cell.Pairs(call.Pairs(_properties))));
        }

        if (_encryption.AreGiven(call)) fields.Add(("encryption", await Encrypt(call, type.Id(), cancellation)));
        return Record.Sorted(fields);
    }

    private async Task<Cell> Encrypt(Call call, string type, CancellationToken cancellation)
    {
        try
        {
            return Cell.Pairs(EncryptionOptions.Shown(await _encryption.Create(call, type, cancellation)));
        }
        catch (ApiError error)
        {
            throw new CommandError($"Failed to set encryption information for this volume type: {error.Message}");
        }
    }
}
