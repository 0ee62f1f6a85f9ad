using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Attachments;

sealed class VolumeAttachmentList(Syntax syntax) : ListCommand(syntax)
{
    private readonly ProjectOption _project = new(syntax, "Keep attachments of this project (admin only) (name or ID)");
    private readonly Option<bool> _all = syntax.Flag("--all-projects", "Include all projects (admin only)");
    private readonly Option<string?> _volume = syntax.Value("--volume-id", "<volume-id>", "Keep attachments of this volume (ID)");
    private readonly Option<string?> _status = syntax.Value("--status", "<status>", "Keep attachments in this status");
    private readonly Option<string?> _marker = syntax.Value("--marker", "<marker>", "Begin behind this attachment (ID)");
    private readonly Option<string?> _limit = syntax.Value("--limit", "<limit>", "Most attachments to list");

    public override string Description => "Lists all volume attachments.";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        call.Cloud.Volume.Need("3.27", "'volume attachment list' command");
        var limit = call.Number(_limit);
        var project = await _project.Id(call, cancellation);
        var all = call[_all] || project is not null || call.Terminal.Variable("ALL_PROJECTS") is not null;
        var query = new Query().With("all_tenants", all ? "1" : null).With("project_id", project).With("status", call[_status])
            .With("volume_id", call[_volume]).With("marker", call[_marker]).With("limit", limit);
        var attachments = await call.Cloud.Volume.List("/attachments" + query, "attachments", cancellation, limit);
        return Table.Of(attachments,
            [.. Columns.Headed("ID", "Volume ID"), Columns.Of("Server ID", "instance"), Columns.Of("Status", "status")]);
    }
}
