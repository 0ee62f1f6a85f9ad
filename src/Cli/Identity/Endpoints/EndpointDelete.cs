using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Endpoints;

sealed class EndpointDelete(Syntax syntax) : DeleteById(syntax, Resources.Endpoint, "endpoint", "<endpoint-id>");
