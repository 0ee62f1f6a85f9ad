using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.GroupTypes;

sealed class VolumeGroupTypeCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _name = syntax.Argument("<name>", "Name of the new volume group type");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly Option<bool> _public = syntax.FlagIn("which", "--public", "All projects may use it (default)");
    private readonly Option<bool> _private = syntax.FlagIn("which", "--private", "Only chosen projects may use it");

    public override string Description => "Create a volume group type.";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        call.Cloud.Volume.Need("3.11", "'volume group type create' command");
        var body = new JsonObject
        {
            ["name"] = call[_name], ["description"] = call[_description], ["is_public"] = call.Either(_public, _private) ?? true,
        };
        var answer = await call.Cloud.Volume.Post("/group_types", new JsonObject { ["group_type"] = body }, cancellation);
        return GroupTypeFields.Show(answer["group_type"]!.AsObject());
    }
}
