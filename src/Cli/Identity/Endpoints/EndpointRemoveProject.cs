using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Identity.Endpoints;

sealed class EndpointRemoveProject(Syntax syntax) : EndpointProject(syntax, isAdd: false);
