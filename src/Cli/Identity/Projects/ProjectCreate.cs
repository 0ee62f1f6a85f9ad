using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Projects;

sealed class ProjectCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _name = syntax.Argument("<project-name>", "New project name");
    private readonly Option<string?> _domain = syntax.Value("--domain", "<domain>", "Domain owning the project (name or ID)");
    private readonly Option<string?> _parent = syntax.Value("--parent", "<project>", "Parent of the project (name or ID)");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Enable it (default)");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Disable it");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Add a property (repeatable)");
    private readonly Option<bool> _orShow = syntax.Flag("--or-show", "Show it if it is there already");
    private readonly ImmutableOption _immutable = new(syntax);
    private readonly Option<string[]> _tags = syntax.Values("--tag", "<tag>", "Tag it (repeatable)");

    public override string Description => "Create new project";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var body = call.Pairs(_properties);
        body["name"] = call[_name];
        body["enabled"] = call.Either(_enable, _disable) ?? true;
        body.With("domain_id", await call.Cloud.FindIdOrNull(Resources.Domain, call[_domain], cancellation))
            .With("parent_id", await call.Cloud.FindIdOrNull(Resources.Project, call[_parent], cancellation))
            .With("description", call[_description]);
        body["options"] = new JsonObject();
        _immutable.AddTo(body, call);
        body["tags"] = JsonReading.Array(call[_tags].Distinct());
        return await Entity.Create(call, Resources.Project, body, call[_orShow], cancellation);
    }
}
