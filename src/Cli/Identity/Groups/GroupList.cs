using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Groups;

sealed class GroupList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<string?> _domain = syntax.Value("--domain", "<domain>", "Keep groups of this domain (name or ID)");
    private readonly UserOption _user = new(syntax, "Keep groups this user is in (name or ID)");
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");

    public override string Description => "List groups";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var query = new Query().With("domain_id", await call.Cloud.FindIdOrNull(Resources.Domain, call[_domain], cancellation));
        var user = await _user.Id(call, cancellation);
        var groups = await call.Cloud.Identity.List((user is null ? "/groups" : $"/users/{user}/groups") + query, "groups", cancellation);
        (string, Func<JsonObject, Cell>)[] columns = [Columns.Of("ID", "id"), Columns.Of("Name", "name")];
        return Table.Of(groups, call[_long] ? [.. columns, Columns.Of("Domain ID", "domain_id"), Columns.Of("Description", "description")] : columns);
    }
}
