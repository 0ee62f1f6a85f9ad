using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Policies;

sealed class PolicyShow(Syntax syntax) : ShowById(syntax, Resources.Policy, "policy", "<policy>")
{
    protected override Record Fields(JsonObject thing) => PolicyFields.Show(thing);
}
