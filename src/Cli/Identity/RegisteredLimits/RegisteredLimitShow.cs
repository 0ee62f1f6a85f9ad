using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.RegisteredLimits;

sealed class RegisteredLimitShow(Syntax syntax) : ShowById(syntax, Resources.RegisteredLimit, "registered limit", "<registered-limit-id>");
