using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Services;

sealed class ServiceDelete(Syntax syntax) : DeleteCommand(syntax, Resources.Service, "service")
{
    protected override async Task Delete(Call call, string name, CancellationToken cancellation) =>
        await call.Cloud.Identity.Delete("/services/" + (await ServiceFields.Find(call, name, cancellation)).Id(), cancellation);
}
