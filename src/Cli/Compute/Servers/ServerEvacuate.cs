using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerEvacuate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Option<bool> _wait = syntax.Flag("--wait", "Wait until it is built there");
    private readonly Option<string?> _host = syntax.Value("--host", "<host>", "Host to build it on (needs 2.29)");
    private readonly Option<string?> _password = syntax.ValueIn("password", "--password", "<password>", "New administrator's password");
    private readonly Option<bool> _shared = syntax.FlagIn("password", "--shared-storage", "Its disks are on shared storage (up to 2.13)");

    public override string Description => "Evacuate a server to a different host";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        if (call.Has(_host)) compute.Need("2.29", "--host option");
        if (call[_shared] && compute.AtLeast("2.14"))
            throw new CommandError("--os-compute-api-version 2.13 or earlier is required to specify shared-storage.");
        var id = await call.Cloud.FindId(Resources.Server, call[_server], cancellation);
        var body = new JsonObject().With("host", call[_host]).With("adminPass", call[_password]);
        if (!compute.AtLeast("2.14")) body["onSharedStorage"] = call[_shared];
        await compute.Post($"/servers/{id}/action", new JsonObject { ["evacuate"] = body }, cancellation);
        if (call[_wait])
        {
            await ServersAction.Wait(call, id, ["ACTIVE", "SHUTOFF"], "evacuating server", cancellation);
            call.Terminal.Error.WriteLine("Complete");
        }

        return await ServerFields.Show(call.Cloud, (await compute.Get("/servers/" + id, cancellation))["server"]!.AsObject(), cancellation);
    }
}
