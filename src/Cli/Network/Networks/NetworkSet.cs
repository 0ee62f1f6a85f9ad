using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Networks;

sealed class NetworkSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly ExtraProperties _extra = new(syntax);
    private readonly Argument<string> _network = syntax.Argument("<network>", "Network to modify (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "New network name");
    private readonly NetworkOptions _options = new(syntax);
    private readonly QosPolicyOption _qos = new(syntax, canDetach: true);
    private readonly Tags _tags = new(syntax, Resources.Network, TagUse.Set);

    public override string Description => "Set network properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var network = await call.Cloud.Find(Resources.Network, call[_network], cancellation);
        var body = _options.Read(call).With("name", call[_name]);
        await _qos.AddTo(body, call, cancellation);
        _extra.AddTo(body, call);
        if (body.Count > 0)
            await call.Cloud.Network.Put("/networks/" + network.Id(), new JsonObject { ["network"] = body }, cancellation);
        await _tags.Apply(call, network, cancellation);
    }
}
