using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Identity.EndpointGroups;

sealed class EndpointGroupAddProject(Syntax syntax) : EndpointGroupProject(syntax, isAdd: true);
