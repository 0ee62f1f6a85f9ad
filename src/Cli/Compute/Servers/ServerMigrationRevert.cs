using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerMigrationRevert(Syntax syntax, string? instead = null)
    : ServerAction(syntax, "Revert server migration: release the new server and restart the old one", "revertResize", instead);
