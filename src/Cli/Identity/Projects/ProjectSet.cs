using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Projects;

sealed class ProjectSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _project = syntax.Argument("<project>", "Project to modify (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "New name");
    private readonly Option<string?> _domain = syntax.Value("--domain", "<domain>", "Domain it is in (name or ID)");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "New description");
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Enable it");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Disable it");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Set a property (repeatable)");
    private readonly ImmutableOption _immutable = new(syntax);
    private readonly Option<string[]> _tags = syntax.Values("--tag", "<tag>", "Add this tag (repeatable)");
    private readonly Option<bool> _clearTags = syntax.Flag("--clear-tags", "Remove all tags first");
    private readonly Option<string[]> _removedTags = syntax.Values("--remove-tag", "<tag>", "Remove this tag (repeatable)");

    public override string Description => "Set project properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var project = await Entity.Find(call, Resources.Project, call[_project], _domain, cancellation);
        var body = call.Pairs(_properties).With("name", call[_name]).With("description", call[_description])
            .With("enabled", call.Either(_enable, _disable));
        _immutable.AddTo(body, call);
        if (call.Has(_tags) || call[_clearTags] || call.Has(_removedTags))
        {
            var kept = call[_clearTags] ? [] : (project["tags"] as JsonArray ?? []).Select(tag => tag!.GetValue<string>());
            body["tags"] = JsonReading.Array(kept.Union(call[_tags]).Except(call[_removedTags]).Order(StringComparer.Ordinal));
        }

        await Entity.Update(call, Resources.Project, project.Id(), body, cancellation);
    }
}
