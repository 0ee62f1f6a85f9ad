using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Users;

sealed class UserDelete(Syntax syntax) : DeleteInDomain(syntax, Resources.User, "user");
