using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Attach;

sealed class ServerAddSecurityGroup(Syntax syntax) : ServerSecurityGroup(syntax, isAdd: true);
