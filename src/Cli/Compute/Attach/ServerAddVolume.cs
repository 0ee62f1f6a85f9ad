using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Attach;

sealed class ServerAddVolume(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Argument<string> _volume = syntax.Argument("<volume>", "Volume to add (name or ID)");
    private readonly Option<string?> _device = syntax.Value("--device", "<device>", "Name of the device inside the guest");
    private readonly Option<string?> _tag = syntax.Value("--tag", "<tag>", "Tag of the attachment (needs 2.49)");
    private readonly Option<bool> _delete = syntax.FlagIn("delete", "--enable-delete-on-termination", "Delete the volume with the server (needs 2.79)");
    private readonly Option<bool> _keep = syntax.FlagIn("delete", "--disable-delete-on-termination", "Keep the volume when the server goes (needs 2.79)");

    public override string Description => "Add volume to server";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        compute.Prefer("2.79");
        if (call.Has(_tag)) compute.Need("2.49", "--tag option");
        if (call[_delete]) compute.Need("2.79", "--enable-delete-on-termination option.");
        if (call[_keep]) compute.Need("2.79", "--disable-delete-on-termination option.");
        var volume = call.Cloud.FindId(Resources.Volume with { Noun = "Volume", SaysFoundFor = true }, call[_volume], cancellation);
        var server = await call.Cloud.FindId(Resources.Server with { Noun = "Server", SaysFoundFor = true }, call[_server], cancellation);
        var body = new JsonObject { ["volumeId"] = await volume, ["device"] = call[_device] }.With("tag", call[_tag])
            .With("delete_on_termination", call.Either(_delete, _keep));
        var answer = await compute.Post($"/servers/{server}/os-volume_attachments", new JsonObject { ["volumeAttachment"] = body }, cancellation);
        var attachment = answer["volumeAttachment"] as JsonObject ?? [];
        List<(string, Cell)> fields =
        [
            ("ID", Cell.Plain(attachment["id"].Copy())), ("Server ID", Cell.Plain(attachment["serverId"].Copy())),
            ("Volume ID", Cell.Plain(attachment["volumeId"].Copy())), ("Device", Cell.Plain(attachment["device"].Copy())),
        ];
        if (compute.AtLeast("2.49")) fields.Add(("Tag", Cell.Plain(attachment["tag"].Copy())));
        if (compute.AtLeast("2.79")) fields.Add(("Delete On Termination", Cell.Plain(attachment["delete_on_termination"].Copy())));
        return new Record(fields);
    }
}
