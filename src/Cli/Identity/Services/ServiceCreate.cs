using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Services;

sealed class ServiceCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _type = syntax.Argument("<type>", "New service type (compute, image, identity, volume, etc)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "Name");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Enable it (default)");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Disable it");

    public override string Description => "Create new service";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var body = new JsonObject { ["type"] = call[_type], ["enabled"] = call.Either(_enable, _disable) ?? true };
        body.With("name", call[_name]).With("description", call[_description]);
        return await Entity.Create(call, Resources.Service, body, false, cancellation);
    }
}
