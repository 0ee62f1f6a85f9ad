using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Trusts;

sealed class TrustDelete(Syntax syntax) : DeleteById(syntax, Resources.Trust, "trust", "<trust>");
