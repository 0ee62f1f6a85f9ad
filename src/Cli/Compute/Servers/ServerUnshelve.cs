using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerUnshelve(Syntax syntax) : ServersAction(syntax, "Unshelve server(s)", "unshelve")
{
    private readonly Option<string?> _zone = syntax.Value("--availability-zone", "<availability-zone>", "Availability zone of an offloaded server (needs 2.77)");
    private readonly Option<bool> _wait = syntax.Flag("--wait", "Wait until it is done");

    protected override JsonNode? Value(Call call)
    {
        if (call[_zone] is not { } zone) return null;
        call.Cloud.Compute.Need("2.77", "--availability-zone option");
        return new JsonObject { ["availability_zone"] = zone };
    }

    protected override async Task After(Call call, string id, CancellationToken cancellation)
    {
        if (call[_wait]) await Wait(call, id, ["ACTIVE", "SHUTOFF"], "unshelving server", cancellation);
    }
}
