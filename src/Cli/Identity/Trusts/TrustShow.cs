using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Trusts;

sealed class TrustShow(Syntax syntax) : ShowById(syntax, Resources.Trust, "trust", "<trust>")
{
    protected override Record Fields(JsonObject thing) => TrustFields.Show(thing);
}
