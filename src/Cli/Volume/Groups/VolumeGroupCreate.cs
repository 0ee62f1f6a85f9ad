using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Groups;

sealed class VolumeGroupCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _groupType = syntax.Argument("<volume_group_type>", "Volume group type (name or ID)");
    private readonly Argument<string[]> _types = syntax.Several("<volume_type>", "Volume type(s) of its volumes (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "Name of the volume group");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly Option<string?> _zone = syntax.Value("--availability-zone", "<availability-zone>", "Availability zone");

    public override string Description => "Create a volume group.";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var client = call.Cloud.Volume;
        client.Need("3.13", "'volume group create' command");
        var groupType = await call.Cloud.FindId(Resources.VolumeGroupType, call[_groupType], cancellation);
        var types = new List<string>();
        foreach (var type in call[_types]) types.Add(await call.Cloud.FindId(Resources.VolumeType, type, cancellation));
        var body = new JsonObject
        {
            ["name"] = call[_name], ["description"] = call[_description], ["group_type"] = groupType,
            ["volume_types"] = JsonReading.Array(types), ["availability_zone"] = call[_zone],
        };
        var answer = await client.Post("/groups", new JsonObject { ["group"] = body }, cancellation);
        return await GroupFields.Read(call, answer["group"]!.Id(), cancellation);
    }
}
