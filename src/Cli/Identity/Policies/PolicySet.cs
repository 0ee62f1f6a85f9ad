using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Policies;

sealed class PolicySet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _policy = syntax.Argument("<policy>", "Policy to modify (ID)");
    private readonly Option<string?> _type = syntax.Value("--type", "<type>", "New MIME type of the rules");
    private readonly Option<string?> _rules = syntax.Value("--rules", "<filename>", "File with the new rules");

    public override string Description => "Set policy properties";

    protected override Task Act(Call call, CancellationToken cancellation)
    {
        var body = new JsonObject().With("blob", call[_rules] is { } file ? TextFile.Read(call, file) : null).With("type", call[_type]);
        return Entity.Update(call, Resources.Policy, Uri.EscapeDataString(call[_policy]), body, cancellation);
    }
}
