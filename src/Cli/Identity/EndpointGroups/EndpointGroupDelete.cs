using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.EndpointGroups;

sealed class EndpointGroupDelete(Syntax syntax) : DeleteCommand(syntax, Resources.EndpointGroup, "endpoint group")
{
    protected override string Summary(int failed, int all) => $"{failed} of {all} endpointgroups failed to delete.";
}
