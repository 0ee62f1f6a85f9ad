using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Attach;

sealed class ServerRemoveSecurityGroup(Syntax syntax) : ServerSecurityGroup(syntax, isAdd: false);
