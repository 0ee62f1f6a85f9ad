using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Groups;

sealed class VolumeGroupSet(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _group = syntax.Argument("<group>", "Volume group to modify (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "New name");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "New description");
    private readonly Option<bool> _enable = syntax.Flag("--enable-replication", "Enable replication");
    private readonly Option<bool> _disable = syntax.Flag("--disable-replication", "Disable replication");

    public override string Description => "Update a volume group.";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var client = call.Cloud.Volume;
        client.Need("3.13", "'volume group set' command");
        var replication = call.Either(_enable, _disable);
        if (replication is not null) client.Need("3.38", "'--enable-replication' or '--disable-replication' options");
        var id = await call.Cloud.FindId(Resources.VolumeGroup, call[_group], cancellation);
        if (replication is { } enable)
        {
            var action = new JsonObject { [enable ? "enable_replication" : "disable_replication"] = new JsonObject() };
            await client.Post($"/groups/{id}/action", action, cancellation);
        }

        var body = new JsonObject().With("name", call[_name]).With("description", call[_description]);
        if (body.Count > 0) await client.Put("/groups/" + id, new JsonObject { ["group"] = body }, cancellation);
        return await GroupFields.Read(call, id, cancellation);
    }
}
