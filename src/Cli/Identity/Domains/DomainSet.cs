using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Domains;

sealed class DomainSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _domain = syntax.Argument("<domain>", "Domain to modify (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "New name");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "New description");
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Enable it");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Disable it");
    private readonly ImmutableOption _immutable = new(syntax);

    public override string Description => "Set domain properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var id = await call.Cloud.FindId(Resources.Domain, call[_domain], cancellation);
        var body = new JsonObject().With("name", call[_name]).With("description", call[_description]).With("enabled", call.Either(_enable, _disable));
        _immutable.AddTo(body, call);
        await Entity.Update(call, Resources.Domain, id, body, cancellation);
    }
}
