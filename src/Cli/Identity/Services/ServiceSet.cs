using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Services;

sealed class ServiceSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _service = syntax.Argument("<service>", "Service to modify (type, name or ID)");
    private readonly Option<string?> _type = syntax.Value("--type", "<type>", "New type");
    private readonly Option<string?> _name = syntax.Value("--name", "<service-name>", "New name");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "New description");
    private readonly Option<bool> _enable = syntax.FlagIn("state", "--enable", "Enable it");
    private readonly Option<bool> _disable = syntax.FlagIn("state", "--disable", "Disable it");

    public override string Description => "Set service properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var service = await ServiceFields.Find(call, call[_service], cancellation);
        var body = new JsonObject().With("type", call[_type]).With("name", call[_name]).With("description", call[_description])
            .With("enabled", call.Either(_enable, _disable));
        await Entity.Update(call, Resources.Service, service.Id(), body, cancellation);
    }
}
