using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerDelete(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string[]> _servers = syntax.Several("<server>", "Server(s) to delete (name or ID)");
    private readonly Option<bool> _force = syntax.Flag("--force", "Delete even what was deleted softly");
    private readonly Option<bool> _allProjects = syntax.Flag("--all-projects", "Find names in all projects (admin only) (Env: ALL_PROJECTS)");
    private readonly Option<bool> _wait = syntax.Flag("--wait", "Wait until they are gone");

    public override string Description => "Delete server(s)";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var all = call[_allProjects] || call.Terminal.Variable("ALL_PROJECTS") is not null;
        foreach (var name in call[_servers])
        {
            var id = await call.Cloud.FindId(Resources.Server, name, cancellation, all ? "&all_tenants=True" : "");
            if (call[_force])
                await call.Cloud.Compute.Post($"/servers/{id}/action", new JsonObject { ["forceDelete"] = null }, cancellation);
            else
                await call.Cloud.Compute.Delete("/servers/" + id, cancellation);
            if (call[_wait])
                await Waiting.UntilGone(call, () => call.Cloud.Compute.GetOrNull("/servers/" + id, cancellation), "server", cancellation);
        }
    }
}
