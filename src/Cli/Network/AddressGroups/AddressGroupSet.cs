using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.AddressGroups;

sealed class AddressGroupSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly ExtraProperties _extra = new(syntax);
    private readonly Argument<string> _group = syntax.Argument("<address-group>", "Address group to modify (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "New name");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly Option<string[]> _addresses = syntax.Values("--address", "<ip-address>", "IP address or CIDR to add (repeatable)");

    public override string Description => "Set address group properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var path = "/address-groups/" + await call.Cloud.FindId(Resources.AddressGroup, call[_group], cancellation);
        var body = new JsonObject().With("name", call[_name]).With("description", call[_description]);
        _extra.AddTo(body, call);
        if (body.Count > 0) await call.Cloud.Network.Put(path, new JsonObject { ["address_group"] = body }, cancellation);
        if (!call.Has(_addresses)) return;
        var added = new JsonObject { ["addresses"] = AddressGroups.Blocks(call, _addresses) };
        await call.Cloud.Network.Put(path + "/add_addresses", added, cancellation);
    }
}
