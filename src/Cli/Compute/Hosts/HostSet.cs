using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Hosts;

sealed class HostSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _host = syntax.Argument("<host>", "Host to modify (name only)");
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Enable the host");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Disable the host");
    private readonly Option<bool> _maintain = syntax.FlagIn("maintenance", "--enable-maintenance", "Enable maintenance mode for the host");
    private readonly Option<bool> _noMaintain = syntax.FlagIn("maintenance", "--disable-maintenance",
        "Disable maintenance mode for the host");

    public override string Description => "Set host properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var body = new JsonObject().With("status", Word(call.Either(_enable, _disable)))
            .With("maintenance_mode", Word(call.Either(_maintain, _noMaintain)));
        if (body.Count > 0) await call.Cloud.Compute.Put("/os-hosts/" + Uri.EscapeDataString(call[_host]), body, cancellation);
    }

    private static string? Word(bool? state) => state switch { true => "enable", false => "disable", null => null };
}
