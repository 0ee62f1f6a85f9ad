using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Routers;

sealed class RouterList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "Keep routers of this name");
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Keep enabled routers");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Keep disabled routers");
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");
    private readonly ProjectOption _project = new(syntax, "Keep routers of this project (name or ID)");
    private readonly Option<string?> _agent = syntax.Value("--agent", "<agent-id>", "Keep routers of this agent (ID only)");
    private readonly TagFilter _tags = new(syntax, "routers");

    public override string Description => "List routers";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var query = new Query().With("name", call[_name]).With("admin_state_up", call.Either(_enable, _disable))
            .With("project_id", await _project.Id(call, cancellation));
        _tags.AddTo(query, call);
        var path = call[_agent] is { } agent ? $"/agents/{agent}/l3-routers" : "/routers" + query;
        var routers = await call.Cloud.Network.List(path, "routers", cancellation);
        var hasZones = call[_long]
            && await call.Cloud.Network.GetOrNull("/extensions/router_availability_zone", cancellation) is not null;
        return RouterFields.List(routers, call[_long], hasZones);
    }
}
