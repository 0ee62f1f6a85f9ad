using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Trunks;

sealed class TrunkSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _trunk = syntax.Argument("<trunk>", "Trunk to modify (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "Set trunk name");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "A description of the trunk");
    private readonly Subports _subports = new(syntax);
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Enable trunk");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Disable trunk");

    public override string Description => "Set network trunk properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var path = "/trunks/" + await call.Cloud.FindId(Resources.Trunk, call[_trunk], cancellation);
        var body = new JsonObject().With("name", call[_name]).With("description", call[_description])
            .With("admin_state_up", call.Either(_enable, _disable));
        var subports = await _subports.Read(call, cancellation);
        if (body.Count > 0)
            await Put(path, new JsonObject { ["trunk"] = body }, $"Failed to set trunk '{call[_trunk]}'");
        if (subports is not null)
            await Put(path + "/add_subports", new JsonObject { ["sub_ports"] = subports },
                $"Failed to add subports to trunk '{call[_trunk]}'");

        async Task Put(string where, JsonObject what, string failed)
        {
            try
            {
                await call.Cloud.Network.Put(where, what, cancellation);
            }
            catch (ApiError error)
            {
                throw new CommandError($"{failed}: {error.Message}");
            }
        }
    }
}
