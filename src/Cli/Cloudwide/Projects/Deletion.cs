using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Cloudwide.Projects;

/// <summary>Waits until something is gone, so that what it held can go as well; one that will not go is told and left.</summary>
static class Deletion
{
    public static async Task Wait(Call call, Resource resource, string id, CancellationToken cancellation)
    {
        try
        {
            await Waiting.UntilGone(call, () => call.Cloud.Service(resource.Service).GetOrNull($"{resource.Path}/{id}", cancellation),
                resource.Key, cancellation);
        }
        catch (CommandError error)
        {
            call.Terminal.Error.WriteLine(error.Message);
        }
    }
}
