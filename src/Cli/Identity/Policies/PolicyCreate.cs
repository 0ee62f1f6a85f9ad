using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Policies;

sealed class PolicyCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Option<string?> _type = syntax.Value("--type", "<type>", "MIME type of the rules (default application/json)");
    private readonly Argument<string> _rules = syntax.Argument("<filename>", "File with the rules");

    public override string Description => "Create new policy";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var body = new JsonObject { ["blob"] = TextFile.Read(call, call[_rules]), ["type"] = call[_type] ?? "application/json" };
        var answer = await call.Cloud.Identity.Post("/policies", new JsonObject { ["policy"] = body }, cancellation);
        return PolicyFields.Show(answer["policy"]!.AsObject());
    }
}
