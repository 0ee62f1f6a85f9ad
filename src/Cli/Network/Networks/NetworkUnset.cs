using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Networks;

sealed class NetworkUnset(Syntax syntax) : ActionCommand(syntax)
{
    private readonly ExtraProperties _extra = new(syntax);
    private readonly Argument<string> _network = syntax.Argument("<network>", "Network to modify (name or ID)");
    private readonly Tags _tags = new(syntax, Resources.Network, TagUse.Unset);

    public override string Description => "Unset network properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var network = await call.Cloud.Find(Resources.Network, call[_network], cancellation);
        var body = new JsonObject();
        _extra.ClearIn(body, call);
        if (body.Count > 0)
            await call.Cloud.Network.Put("/networks/" + network.Id(), new JsonObject { ["network"] = body }, cancellation);
        await _tags.Apply(call, network, cancellation);
    }
}
