using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Keypairs;

sealed class KeypairList(Syntax syntax) : ListCommand(syntax)
{
    private readonly UserOption _user = new(syntax, "Show the keypairs of another user (admin only) (name or ID)");
    private readonly Option<string?> _marker = syntax.Value("--marker", "<marker>", "Begin behind this keypair");
    private readonly Option<string?> _limit = syntax.Value("--limit", "<limit>", "Most keypairs to list");

    public override string Description => "List key fingerprints";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        compute.Prefer("2.2");
        if (_user.IsGiven(call)) compute.Need("2.10", "--user option");
        if (call.Has(_marker)) compute.Need("2.35", "--marker option");
        if (call.Has(_limit)) compute.Need("2.35", "--limit option");
        var limit = call.Number(_limit);
        var query = new Query().With("user_id", await _user.Id(call, cancellation)).With("marker", call[_marker]).With("limit", limit);
        var listed = await compute.List("/os-keypairs" + query, "keypairs", cancellation, limit);
        var keypairs = listed.Select(item => item["keypair"] as JsonObject ?? item);
        (string, Func<JsonObject, Cell>)[] columns = [Columns.Of("Name", "name"), Columns.Of("Fingerprint", "fingerprint")];
        return Table.Of(keypairs, compute.AtLeast("2.2") ? [.. columns, Columns.Of("Type", "type")] : columns);
    }
}
