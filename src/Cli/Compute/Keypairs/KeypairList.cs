using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Keypairs;

sealed class KeypairList(Syntax syntax) : ListCommand(syntax)
{
    private readonly UserOption _user = new(syntax, "Show the keypairs of another user (admin only) (name or ID)");
    private readonly ProjectOption _project = new(syntax, "Show the keypairs of all users of a project (admin only) (name or ID)");
    private readonly Option<string?> _marker = syntax.Value("--marker", "<marker>", "Begin behind this keypair");
    private readonly Option<string?> _limit = syntax.Value("--limit", "<limit>", "Most keypairs to list");

    public override string Description => "List key fingerprints";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        compute.Prefer("2.2");
        if (_user.IsGiven(call)) compute.Need("2.10", "--user option");
        if (_project.IsGiven(call)) compute.Need("2.10", "--project option");
        if (_project.IsGiven(call) && _user.IsGiven(call)) throw call.Wrong("argument --project: not allowed with argument --user");
        if (call.Has(_marker)) compute.Need("2.35", "--marker option");
        if (call.Has(_limit)) compute.Need("2.35", "--limit option");
        var limit = call.Number(_limit);
        var listed = new List<JsonObject>();
        foreach (var user in await Users(call, cancellation))
        {
            var query = new Query().With("user_id", user).With("marker", call[_marker]).With("limit", limit);
            listed.AddRange(await compute.List("/os-keypairs" + query, "keypairs", cancellation, limit));
        }

        var keypairs = listed.Select(item => item["keypair"] as JsonObject ?? item);
        (string, Func<JsonObject, Cell>)[] columns = [Columns.Of("Name", "name"), Columns.Of("Fingerprint", "fingerprint")];
        return Table.Of(keypairs, compute.AtLeast("2.2") ? [.. columns, Columns.Of("Type", "type")] : columns);
    }

    /// <summary>Whose they are: of one user, of those with a role on the project, or (null) one's own.</summary>
    private async Task<List<string?>> Users(Call call, CancellationToken cancellation)
    {
        if (await _project.Id(call, cancellation) is not { } project) return [await _user.Id(call, cancellation)];
        var roles = await call.Cloud.Identity.List($"/role_assignments?scope.project.id={project}&effective=true", "role_assignments",
            cancellation);
        return [.. roles.Select(role => role.Field("user").Text("id")).OfType<string>().Distinct()];
    }
}
