using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Services;

sealed class ComputeServiceSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _host = syntax.Argument("<host>", "Name of host");
    private readonly Argument<string> _service = syntax.Argument("<service>", "Name of service (Binary name), for example nova-compute");
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Enable it");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Disable it");
    private readonly Option<string?> _reason = syntax.Value("--disable-reason", "<reason>", "With --disable: why");
    private readonly Option<bool> _up = syntax.FlagIn("forced", "--up", "Take it for up");
    private readonly Option<bool> _down = syntax.FlagIn("forced", "--down", "Take it for down");

    public override string Description => "Set compute service properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        if (call.Has(_reason) && !call[_disable]) throw new CommandError("Cannot specify option --disable-reason without --disable specified.");
        var compute = call.Cloud.Compute;
        compute.Prefer("2.53");
        var query = new Query().With("host", call[_host]).With("binary", call[_service]);
        var body = new JsonObject();
        if (call.Either(_enable, _disable) is { } enable) body["status"] = enable ? "enabled" : "disabled";
        body.With("disabled_reason", call[_reason]);
        if (call.Either(_down, _up) is { } down) body["forced_down"] = down;
        if (body.Count == 0) return;
        var services = await compute.List("/os-services" + query, "services", cancellation);
        if (compute.AtLeast("2.53"))
        {
            var id = services.FirstOrDefault()?.Text("id")
                ?? throw new CommandError($"Compute service for host \"{call[_host]}\" and binary \"{call[_service]}\" not found.");
            await compute.Put("/os-services/" + id, body, cancellation);
            return;
        }

        var which = new JsonObject { ["host"] = call[_host], ["binary"] = call[_service] };
        var path = call[_down] || call[_up] ? "force-down" : call[_enable] ? "enable" : call.Has(_reason) ? "disable-log-reason" : "disable";
        if (path == "force-down") which["forced_down"] = call[_down];
        await compute.Put("/os-services/" + path, which.With("disabled_reason", call[_reason]), cancellation);
    }
}
