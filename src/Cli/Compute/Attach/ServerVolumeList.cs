using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Attach;

sealed class ServerVolumeList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");

    public override string Description => "List all the volumes attached to a server.";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        var id = await call.Cloud.FindId(Resources.Server, call[_server], cancellation);
        var attachments = await compute.List($"/servers/{id}/os-volume_attachments", "volumeAttachments", cancellation);
        List<(string, Func<JsonObject, Cell>)> columns = [];
        if (!compute.AtLeast("2.89")) columns.Add(Columns.Of("ID", "id"));
        columns.AddRange([Columns.Of("Device", "device"), Columns.Of("Server ID", "serverId"), Columns.Of("Volume ID", "volumeId")]);
        if (compute.AtLeast("2.70")) columns.Add(Columns.Of("Tag", "tag"));
        if (compute.AtLeast("2.79")) columns.Add(Columns.Of("Delete On Termination?", "delete_on_termination"));
        if (compute.AtLeast("2.89")) columns.AddRange([Columns.Of("Attachment ID", "attachment_id"), Columns.Of("BlockDeviceMapping UUID", "bdm_uuid")]);
        return Table.Of(attachments, columns);
    }
}
