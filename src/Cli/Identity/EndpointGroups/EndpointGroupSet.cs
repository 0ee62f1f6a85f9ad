using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.EndpointGroups;

sealed class EndpointGroupSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _group = syntax.Argument("<endpoint-group>", "Endpoint group to modify (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "New name");
    private readonly Option<string?> _filters = syntax.Value("--filters", "<filename>", "File with its new filters as JSON");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "New description");

    public override string Description => "Set endpoint group properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var id = await call.Cloud.FindId(Resources.EndpointGroup, call[_group], cancellation);
        var body = new JsonObject().With("name", call[_name]).With("description", call[_description])
            .With("filters", call[_filters] is { } file ? TextFile.ReadJson(call, file) : null);
        await Entity.Update(call, Resources.EndpointGroup, id, body, cancellation);
    }
}
