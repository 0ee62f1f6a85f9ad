using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerStop(Syntax syntax) : ServersAction(syntax, "Stop server(s).", "os-stop")
{
    private readonly Option<bool> _all = syntax.Flag("--all-projects", "Find names in all projects (admin only)");

    protected override string Filter(Call call) => call[_all] ? "&all_tenants=True" : "";
}
