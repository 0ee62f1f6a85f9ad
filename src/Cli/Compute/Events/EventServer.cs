using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Events;

/// <summary>The server whose events are asked for: one that is deleted is found by its id alone, and still has them.</summary>
static class EventServer
{
    public static async Task<string> Id(Call call, string server, CancellationToken cancellation)
    {
        try
        {
            return await call.Cloud.FindId(Resources.Server with { Noun = "Server", SaysFoundFor = true }, server, cancellation);
        }
        catch (CommandError) when (Guid.TryParse(server, out _))
        {
            return server;
        }
    }
}
