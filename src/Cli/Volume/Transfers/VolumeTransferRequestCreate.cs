using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Transfers;

sealed class VolumeTransferRequestCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "New transfer request name");
    private readonly Option<bool> _snapshots = syntax.Flag("--snapshots", "Its snapshots go with it (default)");
    private readonly Option<bool> _noSnapshots = syntax.Flag("--no-snapshots", "Its snapshots stay");
    private readonly Argument<string> _volume = syntax.Argument("<volume>", "Volume to transfer (name or ID)");

    public override string Description => "Create volume transfer request.";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var client = call.Cloud.Volume;
        if (call.Either(_snapshots, _noSnapshots) is not null) client.Need("3.55", "'--(no-)snapshots' option");
        var body = new JsonObject
        {
            ["volume_id"] = await call.Cloud.FindId(Resources.Volume, call[_volume], cancellation), ["name"] = call[_name],
        };
        if (client.AtLeast("3.55")) body["no_snapshots"] = call[_noSnapshots];
        var path = client.AtLeast("3.55") ? "/volume-transfers" : Resources.VolumeTransfer.Path;
        return Entity.Show((await client.Post(path, new JsonObject { ["transfer"] = body }, cancellation))["transfer"]!.AsObject());
    }
}
