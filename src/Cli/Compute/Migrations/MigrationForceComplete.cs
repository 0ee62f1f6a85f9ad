using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Migrations;

sealed class MigrationForceComplete(Syntax syntax) : ActionCommand(syntax)
{
    private readonly MigrationArgument _migration = new(syntax);

    public override string Description => "Force an ongoing live migration to complete";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        _migration.Check(call, "2.22", "server migration force complete");
        var (path, _) = await _migration.Find(call, cancellation);
        await call.Cloud.Compute.Post(path + "/action", new JsonObject { ["force_complete"] = null }, cancellation);
    }
}
