using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Limits;

sealed class LimitDelete(Syntax syntax) : DeleteById(syntax, Resources.Limit, "limit", "<limit-id>");
