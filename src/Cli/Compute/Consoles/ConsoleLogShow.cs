using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Consoles;

sealed class ConsoleLogShow(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Option<string?> _lines = syntax.Value("--lines", "<num-lines>", "Lines from the end (default: all)");

    public override string Description => "Show server's console output";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var lines = call.Number(_lines);
        if (lines < 0) throw call.Wrong($"argument --lines: {lines} must be a non-negative integer");
        var id = await call.Cloud.FindId(Resources.Server with { Noun = "Server", SaysFoundFor = true }, call[_server], cancellation);
        var body = new JsonObject { ["os-getConsoleOutput"] = new JsonObject().With("length", lines) };
        var answer = await call.Cloud.Compute.Post($"/servers/{id}/action", body, cancellation);
        var text = answer.Text("output") ?? "";
        call.Terminal.Out.Write(text.EndsWith('\n') || text.Length == 0 ? text : text + "\n");
    }
}
