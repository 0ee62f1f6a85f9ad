using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Policies;

sealed class PolicyDelete(Syntax syntax) : DeleteById(syntax, Resources.Policy, "policy", "<policy>");
