using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Backups;

sealed class VolumeBackupRecordExport(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _backup = syntax.Argument("<backup>", "Backup to export (name or ID)");

    public override string Description => "Export volume backup details, so that another cloud can import them and restore the backup";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var id = await call.Cloud.FindId(Resources.Backup, call[_backup], cancellation);
        var record = (await call.Cloud.Volume.Get($"/backups/{id}/export_record", cancellation))["backup-record"]!.AsObject();
        // Programs get the keys that an import wants back.
        return !IsTable(call) ? Record.Sorted(record) : Record.Sorted(record.Select(pair => (pair.Key switch
        {
            "backup_service" => "Backup Service", "backup_url" => "Metadata", var key => key,
        }, Cell.Plain(pair.Value.Copy()))));
    }
}
