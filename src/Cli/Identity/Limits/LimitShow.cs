using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Limits;

sealed class LimitShow(Syntax syntax) : ShowById(syntax, Resources.Limit, "limit", "<limit-id>");
