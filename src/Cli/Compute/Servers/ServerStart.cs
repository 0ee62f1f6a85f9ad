using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerStart(Syntax syntax) : ServersAction(syntax, "Start server(s).", "os-start")
{
    private readonly Option<bool> _all = syntax.Flag("--all-projects", "Find names in all projects (admin only)");

    protected override string Filter(Call call) => call[_all] ? "&all_tenants=True" : "";
}
