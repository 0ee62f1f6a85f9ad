using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Messages;

sealed class VolumeMessageList(Syntax syntax) : ListCommand(syntax)
{
    private readonly ProjectOption _project = new(syntax, "Keep messages of this project (admin only) (name or ID)");
    private readonly Option<string?> _marker = syntax.Value("--marker", "<message-id>", "Begin behind this message (ID)");
    private readonly Option<string?> _limit = syntax.Value("--limit", "<limit>", "Most messages to list");

    public override string Description => "List volume failure messages";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var client = call.Cloud.Volume;
        client.Need("3.3", "'volume message list' command");
        // From here on the service has pages and conditions; before, it lists all.
        client.Prefer("3.5");
        var limit = call.Number(_limit);
        var query = new Query().With("project_id", await _project.Id(call, cancellation)).With("marker", call[_marker])
            .With("limit", limit);
        var messages = await client.List("/messages" + query, "messages", cancellation, limit);
        return Table.Of(messages, Columns.Headed("ID", "Event ID", "Resource Type", "Resource UUID", "Message Level", "User Message",
            "Request ID", "Created At", "Guaranteed Until"));
    }
}
