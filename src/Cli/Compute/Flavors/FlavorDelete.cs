using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Flavors;

sealed class FlavorDelete(Syntax syntax) : DeleteCommand(syntax, Resources.FlavorItself, "flavor");
