using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.EndpointGroups;

sealed class EndpointGroupShow(Syntax syntax)
    : ShowByNameCommand(syntax, Resources.EndpointGroup, "endpoint group", Entity.Show, "<endpointgroup>");
