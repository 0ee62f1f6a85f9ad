using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Identity.EndpointGroups;

sealed class EndpointGroupRemoveProject(Syntax syntax) : EndpointGroupProject(syntax, isAdd: false);
