using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Backups;

sealed class VolumeBackupRestore(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _backup = syntax.Argument("<backup>", "Backup to restore (name or ID)");
    private readonly Argument<string?> _volume =
        syntax.OptionalArgument("<volume>", "Volume to restore to: one that is there (name or ID), or the name of a new one");
    private readonly Option<bool> _force = syntax.Flag("--force", "Restore over a volume that is there");

    public override string Description => "Restore volume backup";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var id = await call.Cloud.FindId(Resources.Backup, call[_backup], cancellation);
        var name = call.Optional(_volume);
        var volume = name is null ? null : (await call.Cloud.FindOrNull(Resources.Volume, name, cancellation))?.Id();
        if (volume is not null && !call[_force])
        {
            throw new CommandError($"Volume '{name}' already exists; if you want to restore the backup to it "
                + "you need to specify the '--force' option");
        }

        var body = new JsonObject { ["volume_id"] = volume, ["name"] = volume is null ? name : null };
        var answer = await call.Cloud.Volume.Post($"/backups/{id}/restore", new JsonObject { ["restore"] = body }, cancellation);
        return Record.Sorted(answer["restore"]!.AsObject());
    }
}
