using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Consoles;

sealed class ConsoleUrlShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Option<bool> _novnc = syntax.FlagIn("kind", "--novnc", "noVNC console (default)");
    private readonly Option<bool> _xvpvnc = syntax.FlagIn("kind", "--xvpvnc", "xvpvnc console");
    private readonly Option<bool> _spice = syntax.FlagIn("kind", "--spice", "SPICE console");
    private readonly Option<bool> _rdp = syntax.FlagIn("kind", "--rdp", "RDP console");
    private readonly Option<bool> _serial = syntax.FlagIn("kind", "--serial", "serial console");
    private readonly Option<bool> _mks = syntax.FlagIn("kind", "--mks", "WebMKS console (needs 2.8)");

    public override string Description => "Show server's remote console URL";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        _ = call[_novnc];
        var (protocol, type, older) = call[_xvpvnc] ? ("vnc", "xvpvnc", "os-getVNCConsole") : call[_spice] ? ("spice", "spice-html5", "os-getSPICEConsole")
            : call[_rdp] ? ("rdp", "rdp-html5", "os-getRDPConsole") : call[_serial] ? ("serial", "serial", "os-getSerialConsole")
            : call[_mks] ? ("mks", "webmks", "") : ("vnc", "novnc", "os-getVNCConsole");
        compute.Prefer("2.8");
        var id = await call.Cloud.FindId(Resources.Server with { Noun = "Server", SaysFoundFor = true }, call[_server], cancellation);
        JsonObject console;
        if (compute.AtLeast("2.6"))
        {
            var body = new JsonObject { ["remote_console"] = new JsonObject { ["protocol"] = protocol, ["type"] = type } };
            console = (await compute.Post($"/servers/{id}/remote-consoles", body, cancellation))["remote_console"]!.AsObject();
        }
        else
        {
            var body = new JsonObject { [older] = new JsonObject { ["type"] = type } };
            console = (await compute.Post($"/servers/{id}/action", body, cancellation))["console"]!.AsObject();
            console["protocol"] ??= protocol;
        }

        return Record.Sorted(new[] { "protocol", "type", "url" }.Select(key => (key, Cell.Plain(console[key].Copy()))));
    }
}
