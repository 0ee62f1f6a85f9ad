using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Identity.Services;

/// <summary>Services are found by id, name or type.</summary>
static class ServiceFields
{
    public static async Task<JsonObject> Find(Call call, string text, CancellationToken cancellation)
    {
        var services = await call.Cloud.Identity.List("/services", "services", cancellation);
        foreach (var key in new[] { "id", "name", "type" })
        {
            var found = services.Where(service => service.Text(key) == text).ToList();
            if (found.Count == 1) return found[0];
            if (found.Count > 1)
                throw new CommandError($"Multiple service matches found for '{text}', use an ID to be more specific.");
        }

        throw new CommandError($"No service with a type, name or ID of '{text}' exists.");
    }
}
