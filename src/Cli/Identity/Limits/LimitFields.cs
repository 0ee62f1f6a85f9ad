using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Limits;

/// <summary>Limits and registered limits: made in lists of one, changed one by one.</summary>
static class LimitFields
{
    public static async Task<Record> Create(Call call, Resource resource, JsonObject limit, CancellationToken cancellation)
    {
        var body = new JsonObject { [resource.Plural] = new JsonArray(limit) };
        var answer = await call.Cloud.Identity.Post(resource.Path, body, cancellation);
        return Entity.Show(answer.Items(resource.Plural).First());
    }

    public static async Task<Record> Set(Call call, Resource resource, string id, JsonObject limit, CancellationToken cancellation)
    {
        var path = $"{resource.Path}/{Uri.EscapeDataString(id)}";
        return Entity.Show(resource.One(await call.Cloud.Identity.Patch(path, new JsonObject { [resource.Key] = limit }, cancellation)));
    }
}

/// <summary><c>--service</c> and <c>--region</c>: of what a resource is limited, and where.</summary>
sealed class LimitPlace(Syntax syntax, bool needsService)
{
    private const string ServiceHelp = "Service of the resource (type, name or ID)";

    private readonly Option<string?> _service = needsService
        ? syntax.Needed("--service", "<service>", ServiceHelp) : syntax.Value("--service", "<service>", ServiceHelp);

    private readonly Option<string?> _region = syntax.Value("--region", "<region>", "Region of the limit (ID)");

    public async Task<string?> ServiceId(Call call, CancellationToken cancellation) =>
        call[_service] is { } service ? (await Services.ServiceFields.Find(call, service, cancellation)).Id() : null;

    /// <summary>The word None stands for no region.</summary>
    public async Task<string?> RegionId(Call call, CancellationToken cancellation)
    {
        if (call[_region] is not { } region || region.Contains("None")) return null;
        return (await call.Cloud.Identity.Get("/regions/" + Uri.EscapeDataString(region), cancellation))["region"].Text("id");
    }
}
