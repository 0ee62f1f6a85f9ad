using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.AddressGroups;

sealed class AddressGroupUnset(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _group = syntax.Argument("<address-group>", "Address group to modify (name or ID)");
    private readonly Option<string[]> _addresses = syntax.Values("--address", "<ip-address>", "IP address or CIDR to remove (repeatable)");

    public override string Description => "Unset address group properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var id = await call.Cloud.FindId(Resources.AddressGroup, call[_group], cancellation);
        if (!call.Has(_addresses)) return;
        var removed = new JsonObject { ["addresses"] = AddressGroups.Blocks(call, _addresses) };
        await call.Cloud.Network.Put($"/address-groups/{id}/remove_addresses", removed, cancellation);
    }
}
