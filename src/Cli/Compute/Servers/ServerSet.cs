using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<new-name>", "New name");
    private readonly Option<string?> _password = syntax.ValueIn("password", "--password", "<password>", "New administrator's password");
    private readonly Option<bool> _noPassword = syntax.FlagIn("password", "--no-password", "Forget the administrator's password");
    private readonly Option<bool> _askPassword = syntax.FlagIn("password", "--root-password", "Ask for a new administrator's password");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Set a property (repeatable)");
    private readonly Option<string?> _state = syntax.Value("--state", "<state>", "New state (admin only)", "active", "error");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "New description (needs 2.19)");
    private readonly Option<string[]> _tags = syntax.Values("--tag", "<tag>", "Add this tag (repeatable) (needs 2.26)");
    private readonly Option<string?> _hostname = syntax.Value("--hostname", "<hostname>", "Hostname inside the guest (needs 2.90)");

    public override string Description => "Set server properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        if (call.Has(_description)) compute.Need("2.19", "--description option");
        if (call.Has(_tags)) compute.Need("2.26", "--tag option");
        if (call.Has(_hostname)) compute.Need("2.90", "--hostname option");
        var path = "/servers/" + await call.Cloud.FindId(Resources.Server, call[_server], cancellation);
        var body = new JsonObject().With("name", call[_name]).With("description", call[_description]).With("hostname", call[_hostname]);
        if (body.Count > 0) await compute.Put(path, new JsonObject { ["server"] = body }, cancellation);
        if (call.Has(_properties))
            await compute.Post(path + "/metadata", new JsonObject { ["metadata"] = call.Pairs(_properties) }, cancellation);
        if (call[_state] is { } state)
            await compute.Post(path + "/action", new JsonObject { ["os-resetState"] = new JsonObject { ["state"] = state } }, cancellation);
        if ((call[_askPassword] ? AskTwice(call) : call[_password]) is { } password)
            await compute.Post(path + "/action", new JsonObject { ["changePassword"] = new JsonObject { ["adminPass"] = password } }, cancellation);
        if (call[_noPassword]) await compute.Delete(path + "/os-server-password", cancellation);
        foreach (var tag in call[_tags]) await compute.Put($"{path}/tags/{Uri.EscapeDataString(tag)}", null, cancellation);
    }

    private static string AskTwice(Call call)
    {
        var first = call.Terminal.AskSecret("New password: ");
        return first is not null && first == call.Terminal.AskSecret("Retype new password: ") ? first
            : throw new CommandError("Passwords do not match, password unchanged");
    }
}
