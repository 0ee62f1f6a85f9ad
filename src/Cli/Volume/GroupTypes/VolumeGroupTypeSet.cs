using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.GroupTypes;

sealed class VolumeGroupTypeSet(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _type = syntax.Argument("<group_type>", "Volume group type to modify (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "New name");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "New description");
    private readonly Option<bool> _public = syntax.FlagIn("which", "--public", "All projects may use it");
    private readonly Option<bool> _private = syntax.FlagIn("which", "--private", "Only chosen projects may use it");
    private readonly Option<bool> _noProperty = syntax.Flag("--no-property", "Remove all properties first");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Set a property (repeatable)");

    public override string Description => "Update a volume group type.";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var client = call.Cloud.Volume;
        client.Need("3.11", "'volume group type set' command");
        var type = await call.Cloud.Find(Resources.VolumeGroupType, call[_type], cancellation);
        var path = "/group_types/" + type.Id();
        var steps = new Steps(call);
        var body = new JsonObject().With("name", call[_name]).With("description", call[_description])
            .With("is_public", call.Either(_public, _private));
        if (body.Count > 0)
            await steps.Try("update group type", () => client.Put(path, new JsonObject { ["group_type"] = body }, cancellation));
        if (call[_noProperty]) await steps.Try("clear group type properties", () => Clear(client, path, cancellation));
        if (call.Has(_properties))
        {
            await steps.Try("set group type properties", () => client.Post(path + "/group_specs",
                new JsonObject { ["group_specs"] = call.Pairs(_properties) }, cancellation));
        }

        steps.End("Command Failed: One or more of the operations failed");
        return GroupTypeFields.Show(await call.Cloud.Find(Resources.VolumeGroupType, type.Id(), cancellation));
    }

    private static async Task Clear(ServiceClient client, string path, CancellationToken cancellation)
    {
        var specs = (await client.Get(path + "/group_specs", cancellation))["group_specs"] as JsonObject ?? [];
        foreach (var (key, _) in specs) await client.Delete($"{path}/group_specs/{Uri.EscapeDataString(key)}", cancellation);
    }
}
