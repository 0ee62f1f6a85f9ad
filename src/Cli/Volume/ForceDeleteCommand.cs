using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume;

/// <summary>Deletes what block storage deletes in a fit status only, unless it is forced.</summary>
abstract class ForceDeleteCommand(Syntax syntax, Resource resource, string noun) : DeleteCommand(syntax, resource, noun)
{
    private readonly Option<bool> _force = syntax.Flag("--force", "Delete it in whatever status it is");

    protected override async Task Delete(Call call, string name, CancellationToken cancellation)
    {
        var id = await call.Cloud.FindId(Resource, name, cancellation);
        if (call[_force])
            await call.Cloud.Volume.Post($"{Resource.Path}/{id}/action", new JsonObject { ["os-force_delete"] = null }, cancellation);
        else
            await call.Cloud.Volume.Delete($"{Resource.Path}/{id}", cancellation);
    }
}
