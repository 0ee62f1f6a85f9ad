using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Trunks;

sealed class TrunkUnset(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _trunk = syntax.Argument("<trunk>", "Unset subports from this trunk (name or ID)");
    private readonly Option<string[]> _subports =
        syntax.NeededValues("--subport", "<subport>", "Subport to delete (name or ID of the port) (repeatable)");

    public override string Description => "Unset subports from a given network trunk";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var removed = new JsonArray();
        foreach (var port in call[_subports])
            removed.Add((JsonNode)new JsonObject { ["port_id"] = await call.Cloud.FindId(Resources.Port, port, cancellation) });
        var trunk = await call.Cloud.FindId(Resources.Trunk, call[_trunk], cancellation);
        await call.Cloud.Network.Put($"/trunks/{trunk}/remove_subports", new JsonObject { ["sub_ports"] = removed }, cancellation);
    }
}
