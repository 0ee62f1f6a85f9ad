using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Migrations;

sealed class MigrationAbort(Syntax syntax) : ActionCommand(syntax)
{
    private readonly MigrationArgument _migration = new(syntax);

    public override string Description => "Cancel an ongoing live migration";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        _migration.Check(call, "2.24", "server migration abort");
        var (path, _) = await _migration.Find(call, cancellation);
        await call.Cloud.Compute.Delete(path, cancellation);
    }
}
