using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerResizeRevert(Syntax syntax) : ServerAction(syntax, "Revert server resize: release the new server and restart the old one", "revertResize");
