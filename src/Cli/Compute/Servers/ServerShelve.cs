using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerShelve(Syntax syntax) : ServersAction(syntax, "Shelve and optionally offload server(s)", "shelve")
{
    private readonly Option<bool> _offload = syntax.Flag("--offload", "Take it off its host as well");
    private readonly Option<bool> _wait = syntax.Flag("--wait", "Wait until it is done");

    protected override async Task After(Call call, string id, CancellationToken cancellation)
    {
        if (!call[_offload] && !call[_wait]) return;
        var server = await Wait(call, id, ["SHELVED", "SHELVED_OFFLOADED"], "shelving server", cancellation);
        if (!call[_offload] || server.Text("status") == "SHELVED_OFFLOADED") return;
        await call.Cloud.Compute.Post($"/servers/{id}/action", new JsonObject { ["shelveOffload"] = null }, cancellation);
        if (call[_wait]) await Wait(call, id, ["SHELVED_OFFLOADED"], "offloading server", cancellation);
    }
}
