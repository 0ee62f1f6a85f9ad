using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Volumes;

sealed class VolumeList(Syntax syntax) : ListCommand(syntax)
{
    private const string OldName = "Display Name";

    private readonly ProjectOption _project = new(syntax, "Keep volumes of this project (admin only) (name or ID)");
    private readonly UserOption _user = new(syntax, "Keep volumes of this user (admin only) (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "Keep volumes of this name");
    private readonly Option<string?> _status = syntax.Value("--status", "<status>", "Keep volumes in this status");
    private readonly Option<bool> _allProjects = syntax.Flag("--all-projects", "Include all projects (admin only)");
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");
    private readonly Option<string?> _marker = syntax.Value("--marker", "<volume>", "Begin behind this volume (ID)");
    private readonly Option<string?> _limit = syntax.Value("--limit", "<num-volumes>", "Most volumes to list");

    public override string Description => "List volumes";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var limit = call.Number(_limit);
        var project = await _project.Id(call, cancellation);
        var query = new Query().With("all_tenants", call[_allProjects] || project is not null ? "1" : null).With("project_id", project)
            .With("user_id", await _user.Id(call, cancellation)).With("name", call[_name]).With("status", call[_status])
            .With("marker", call[_marker]).With("limit", limit);
        var volumes = await call.Cloud.Volume.List("/volumes/detail" + query, "volumes", cancellation, limit);
        var names = await ServerNames(call.Cloud, volumes, cancellation);
        (string, Func<JsonObject, Cell>) attached = ("Attached to", volume => VolumeFields.AttachedTo(volume, names));
        // The name of the column in older days; scripts still ask for it.
        var old = WantedColumns(call).Contains(OldName);
        if (old) call.Terminal.Error.WriteLine($"The column \"{OldName}\" was deprecated, please use \"Name\" replace.");
        (string, Func<JsonObject, Cell>)[] columns =
            [Columns.Of("ID", "id"), Columns.Of(old ? OldName : "Name", "name"), Columns.Of("Status", "status"), Columns.Of("Size", "size")];
        return Table.Of(volumes, call[_long]
            ? [.. columns, Columns.Of("Type", "volume_type"), Columns.Of("Bootable", "bootable"), attached, Columns.Of("Properties", "metadata", Cell.Pairs)]
            : [.. columns, attached]);
    }

    /// <summary>Names are an ornament: without them the ids are shown.</summary>
    private static async Task<Dictionary<string, string>> ServerNames(Cloud cloud, List<JsonObject> volumes, CancellationToken cancellation)
    {
        if (!volumes.Any(volume => volume.Items("attachments").Any())) return [];
        try
        {
            var servers = await cloud.Compute.List("/servers", "servers", cancellation);
            return servers.ToDictionary(server => server.Id(), server => server.Text("name") ?? server.Id());
        }
        catch (Exception error) when (error is ApiError or CommandError or ConnectionError)
        {
            return [];
        }
    }
}
