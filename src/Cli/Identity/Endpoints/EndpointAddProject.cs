using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Identity.Endpoints;

sealed class EndpointAddProject(Syntax syntax) : EndpointProject(syntax, isAdd: true);
