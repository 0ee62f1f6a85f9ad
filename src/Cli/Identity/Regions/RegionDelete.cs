using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Regions;

sealed class RegionDelete(Syntax syntax) : DeleteById(syntax, Resources.Region, "region", "<region-id>");
