using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Agents;

/// <summary>
/// Gives an agent a network or a router to serve, or takes it away: <c>network agent add|remove network|router</c>. Without
/// the flag that says which agent is meant nothing is asked for, as in the python client.
/// </summary>
sealed class AgentLink(Syntax syntax, Resource resource, string flag, string below, bool isAdd) : ActionCommand(syntax)
{
    private readonly Option<bool> _flag = syntax.Flag(flag, $"It is the {(flag == "--l3" ? "L3" : "DHCP")} agent that serves it");
    private readonly Argument<string> _agent = syntax.Argument("<agent-id>", "Agent (ID only)");
    private readonly Argument<string> _thing = syntax.Argument($"<{resource.Key}>", $"{resource.Noun} (name or ID)");

    public override string Description => isAdd ? $"Add {resource.Key} to an agent" : $"Remove {resource.Key} from an agent";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var agent = Resources.Agent.One(await call.Cloud.Network.Get("/agents/" + Uri.EscapeDataString(call[_agent]), cancellation)).Id();
        var id = await call.Cloud.FindId(resource, call[_thing], cancellation);
        if (!call[_flag]) return;
        var path = $"/agents/{agent}/{below}";
        await (isAdd ? call.Cloud.Network.Post(path, new JsonObject { [resource.Key + "_id"] = id }, cancellation)
            : call.Cloud.Network.Delete($"{path}/{id}", cancellation));
    }
}
