using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Domains;

sealed class DomainCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _name = syntax.Argument("<domain-name>", "New domain name");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Enable it (default)");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Disable it");
    private readonly Option<bool> _orShow = syntax.Flag("--or-show", "Show it if it is there already");
    private readonly ImmutableOption _immutable = new(syntax);

    public override string Description => "Create new domain";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var body = new JsonObject { ["name"] = call[_name], ["enabled"] = call.Either(_enable, _disable) ?? true };
        body.With("description", call[_description]);
        body["options"] = new JsonObject();
        _immutable.AddTo(body, call);
        return await Entity.Create(call, Resources.Domain, body, call[_orShow], cancellation);
    }
}
