using Cumulet.Cli.Commands;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Backups;

sealed class VolumeBackupRecordImport(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _service = syntax.Argument("<backup_service>", "Backup service that has the backup");
    private readonly Argument<string> _metadata = syntax.Argument("<backup_metadata>", "Encoded metadata of the export");

    public override string Description => "Import volume backup details that were exported";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var record = new JsonObject { ["backup_service"] = call[_service], ["backup_url"] = call[_metadata] };
        var answer = await call.Cloud.Volume.Post("/backups/import_record", new JsonObject { ["backup-record"] = record }, cancellation);
        return Entity.Show(answer["backup"]!.AsObject());
    }
}
