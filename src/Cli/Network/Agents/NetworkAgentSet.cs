using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Agents;

sealed class NetworkAgentSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _agent = syntax.Argument("<network-agent>", "Network agent to modify (ID only)");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Enable the agent");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Disable the agent");

    public override string Description => "Set network agent properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var body = new JsonObject().With("description", call[_description]).With("admin_state_up", call.Either(_enable, _disable));
        if (body.Count > 0)
            await call.Cloud.Network.Put("/agents/" + call[_agent], new JsonObject { ["agent"] = body }, cancellation);
    }
}
