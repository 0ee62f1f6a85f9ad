using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Events;

sealed class ServerEventList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");
    private readonly Option<string?> _since = syntax.Value("--changes-since", "<changes-since>", "Keep events since this time (needs 2.58)");
    private readonly Option<string?> _before = syntax.Value("--changes-before", "<changes-before>", "Keep events up to this time (needs 2.66)");
    private readonly Option<string?> _marker = syntax.Value("--marker", "<marker>", "Begin behind this event (needs 2.58)");
    private readonly Option<string?> _limit = syntax.Value("--limit", "<limit>", "Most events to list (needs 2.58)");

    public override string Description => "List recent events of a server.";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        if (call.Has(_since)) compute.Need("2.58", "--changes-since option");
        if (call.Has(_marker)) compute.Need("2.58", "--marker option");
        if (call.Has(_limit)) compute.Need("2.58", "--limit option");
        if (call.Has(_before)) compute.Need("2.66", "--changes-before option");
        compute.Prefer("2.21");
        var limit = call.Number(_limit);
        var id = await EventServer.Id(call, call[_server], cancellation);
        var query = new Query().With("changes-since", call[_since]).With("changes-before", call[_before]).With("marker", call[_marker]).With("limit", limit);
        var actions = await compute.List($"/servers/{id}/os-instance-actions{query}", "instanceActions", cancellation, limit);
        List<(string, Func<JsonObject, Cell>)> columns =
        [
            Columns.OrNone("Request ID", "request_id"), Columns.OrNone("Server ID", "instance_uuid"), Columns.OrNone("Action", "action"),
            Columns.OrNone("Start Time", "start_time"),
        ];
        if (call[_long]) columns.AddRange([Columns.OrNone("Message", "message"), Columns.OrNone("Project ID", "project_id"), Columns.OrNone("User ID", "user_id")]);
        return Table.Of(actions, columns);
    }
}
