using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerResizeConfirm(Syntax syntax) : ServerAction(syntax, "Confirm server resize: release the old server", "confirmResize");
