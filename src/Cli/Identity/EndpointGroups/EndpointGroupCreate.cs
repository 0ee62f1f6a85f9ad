using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.EndpointGroups;

sealed class EndpointGroupCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _name = syntax.Argument("<name>", "Name of the endpoint group");
    private readonly Argument<string> _filters = syntax.Argument("<filename>", "File with its filters as JSON: {\"interface\": \"admin\"}");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");

    public override string Description => "Create new endpoint group";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var body = new JsonObject { ["name"] = call[_name], ["filters"] = TextFile.ReadJson(call, call[_filters]) };
        body.With("description", call[_description]);
        return await Entity.Create(call, Resources.EndpointGroup, body, orShow: false, cancellation);
    }
}
