using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerMigrationConfirm(Syntax syntax, string? instead = null)
    : ServerAction(syntax, "Confirm server migration: release the old server", "confirmResize", instead);
