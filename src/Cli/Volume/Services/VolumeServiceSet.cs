using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Services;

sealed class VolumeServiceSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _host = syntax.Argument("<host>", "Name of the host");
    private readonly Argument<string> _service = syntax.Argument("<service>", "Name of the service (binary)");
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Enable it");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Disable it");
    private readonly Option<string?> _reason = syntax.Value("--disable-reason", "<reason>", "With --disable: why");

    public override string Description => "Set volume service properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        if (call.Has(_reason) && !call[_disable])
            throw new CommandError("Cannot specify option --disable-reason without --disable specified.");
        if (call.Either(_enable, _disable) is not { } enable) return;
        var body = new JsonObject { ["host"] = call[_host], ["binary"] = call[_service] }.With("disabled_reason", call[_reason]);
        var verb = enable ? "enable" : call.Has(_reason) ? "disable-log-reason" : "disable";
        await call.Cloud.Volume.Put("/os-services/" + verb, body, cancellation);
    }
}
