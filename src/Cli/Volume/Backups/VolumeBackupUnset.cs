using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Backups;

sealed class VolumeBackupUnset(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _backup = syntax.Argument("<backup>", "Backup to modify (name or ID)");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key>", "Remove this property (repeatable)");

    public override string Description => "Unset volume backup properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var client = call.Cloud.Volume;
        client.Need("3.43", "--property option");
        var backup = await call.Cloud.Find(Resources.Backup, call[_backup], cancellation);
        var properties = backup["metadata"].Copy() as JsonObject ?? [];
        foreach (var key in call[_properties])
        {
            if (!properties.Remove(key)) call.Terminal.Error.WriteLine($"'{key}' is not a valid property for backup '{call[_backup]}'");
        }

        var body = new JsonObject { ["backup"] = new JsonObject { ["metadata"] = properties } };
        await client.Put("/backups/" + backup.Id(), body, cancellation);
    }
}
