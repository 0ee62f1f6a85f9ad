using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.RegisteredLimits;

sealed class RegisteredLimitDelete(Syntax syntax)
    : DeleteById(syntax, Resources.RegisteredLimit, "registered limit", "<registered-limit-id>");
