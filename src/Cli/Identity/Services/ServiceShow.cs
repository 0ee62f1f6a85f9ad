using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Services;

sealed class ServiceShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _service = syntax.Argument("<service>", "Service to display (type, name or ID)");

    public override string Description => "Display service details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation) =>
        Entity.Show(await ServiceFields.Find(call, call[_service], cancellation));
}
