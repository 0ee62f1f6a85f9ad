using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Volume.Hosts;

sealed class VolumeHostSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _host = syntax.Argument("<host-name>", "Name of the volume host");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Freeze and disable it");
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Thaw and enable it");

    public override string Description => "Set volume host properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        if (call.Either(_enable, _disable) is not { } enable) return;
        var body = new JsonObject { ["host"] = call[_host] };
        await call.Cloud.Volume.Put(enable ? "/os-services/thaw" : "/os-services/freeze", body, cancellation);
    }
}
