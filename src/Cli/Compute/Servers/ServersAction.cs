using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Servers;

/// <summary>One action, without anything to say about it, on each of the servers that are named.</summary>
abstract class ServersAction(Syntax syntax, string description, string action, string? needs = null) : ActionCommand(syntax)
{
    private readonly Argument<string[]> _servers = syntax.Several("<server>", "Server(s) (name or ID)");

    public override string Description => description;

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        if (needs is not null) call.Cloud.Compute.Need(needs, action + " action");
        foreach (var name in call[_servers])
        {
            var id = await call.Cloud.FindId(Resources.Server, name, cancellation, Filter(call));
            await call.Cloud.Compute.Post($"/servers/{id}/action", new JsonObject { [action] = Value(call) }, cancellation);
            await After(call, id, cancellation);
        }
    }

    protected virtual string Filter(Call call) => "";

    /// <summary>What the action is sent with.</summary>
    protected virtual JsonNode? Value(Call call) => null;

    protected virtual Task After(Call call, string id, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Waits for a status of the server.</summary>
    public static Task<JsonObject> Wait(Call call, string id, string[] wanted, string what, CancellationToken cancellation) =>
        Waiting.Until(call, async () => (await call.Cloud.Compute.Get("/servers/" + id, cancellation))["server"]!.AsObject(),
            wanted, what, cancellation);
}

/// <summary>The same on the one server that is named.</summary>
/// <param name="instead">The command that has taken this one's place, where there is one.</param>
abstract class ServerAction(Syntax syntax, string description, string action, string? instead = null) : ActionCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");

    public override string Description => description;

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        if (instead is not null)
            call.Terminal.Error.WriteLine($"The '{Syntax.Command}' command has been deprecated in favour of the '{instead}' command.");
        var id = await call.Cloud.FindId(Resources.Server, call[_server], cancellation);
        await call.Cloud.Compute.Post($"/servers/{id}/action", new JsonObject { [action] = null }, cancellation);
    }
}
