using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Migrations;

/// <summary>
/// A server's migration that is under way. The API finds it by number only; by uuid it is picked from the list of them.
/// </summary>
sealed class MigrationArgument(Syntax syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Argument<string> _migration = syntax.Argument("<migration>", "Migration (ID)");

    /// <param name="needs">The first version that has the command.</param>
    public void Check(Call call, string needs, string command)
    {
        call.Cloud.Compute.Need(needs, command + " command");
        if (IsNumber(call)) return;
        if (!Lookup.LooksLikeId(call[_migration])) throw new CommandError("The <migration> argument must be an ID or UUID");
        call.Cloud.Compute.Need("2.59", "use of server migrations by UUID");
    }

    /// <summary>Where it is, and what it is when that was asked for on the way.</summary>
    public async Task<(string Path, JsonObject? Migration)> Find(Call call, CancellationToken cancellation)
    {
        var server = await call.Cloud.FindId(Resources.Server, call[_server], cancellation);
        var path = $"/servers/{server}/migrations";
        if (IsNumber(call)) return ($"{path}/{call[_migration]}", null);
        var migration = (await call.Cloud.Compute.List(path, "migrations", cancellation))
            .Find(item => item.Text("uuid") == call[_migration])
            ?? throw new CommandError($"In-progress live migration {call[_migration]} is not found for server {server}.");
        return ($"{path}/{migration.Text("id")}", migration);
    }

    private bool IsNumber(Call call) => call[_migration].All(char.IsAsciiDigit);
}
