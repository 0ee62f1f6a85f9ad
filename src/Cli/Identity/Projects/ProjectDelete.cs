using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Projects;

sealed class ProjectDelete(Syntax syntax) : DeleteInDomain(syntax, Resources.Project, "project");
