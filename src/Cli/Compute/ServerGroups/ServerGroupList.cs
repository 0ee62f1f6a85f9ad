using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.ServerGroups;

sealed class ServerGroupList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<bool> _all = syntax.Flag("--all-projects", "Include all projects (admin only)");
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");
    private readonly Option<string?> _offset = syntax.Value("--offset", "<offset>", "Leave away as many first");
    private readonly Option<string?> _limit = syntax.Value("--limit", "<limit>", "Most server groups to list");

    public override string Description => "List all server groups.";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        compute.Prefer("2.64");
        var query = new Query().With("all_projects", call[_all] ? true : null).With("offset", call.Number(_offset)).With("limit", call.Number(_limit));
        var groups = await compute.List("/os-server-groups" + query, "server_groups", cancellation);
        List<(string, Func<JsonObject, Cell>)> columns =
        [
            Columns.OrNone("ID", "id"), Columns.OrNone("Name", "name"),
            compute.AtLeast("2.64") ? Columns.OrNone("Policy", "policy") : Columns.OrNone("Policies", "policies", Cell.List),
        ];
        if (call[_long])
            columns.AddRange([Columns.OrNone("Members", "members", Cell.List), Columns.OrNone("Project Id", "project_id"), Columns.OrNone("User Id", "user_id")]);
        return Table.Of(groups, columns);
    }
}
