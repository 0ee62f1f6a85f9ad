using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Attach;

/// <summary><c>server add|remove security group</c>.</summary>
abstract class ServerSecurityGroup(Syntax syntax, bool isAdd) : ActionCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Argument<string> _group = syntax.Argument("<group>", "Security group (name or ID)");

    public override string Description => isAdd ? "Add security group to server" : "Remove security group from server";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var group = call.Cloud.FindId(Resources.SecurityGroup, call[_group], cancellation);
        var server = await call.Cloud.FindId(Resources.Server, call[_server], cancellation);
        var body = new JsonObject { [isAdd ? "addSecurityGroup" : "removeSecurityGroup"] = new JsonObject { ["name"] = await group } };
        await call.Cloud.Compute.Post($"/servers/{server}/action", body, cancellation);
    }
}
