using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Cloudwide.Quotas;

sealed class QuotaShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string?> _project = syntax.OptionalArgument("<project/class>", "Project or class (name or ID)");
    private readonly Option<bool> _class = syntax.FlagIn("what", "--class", "Show the quotas of a class");
    private readonly Option<bool> _default = syntax.FlagIn("what", "--default", "Show the default quotas");

    public override string Description => "Show quotas for project or class";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var info = new Dictionary<string, JsonNode?>();
        string? name = null;
        if (call[_class])
        {
            var quotaClass = call.Optional(_project) ?? "default";
            Add(info, (await call.Cloud.Compute.Get("/os-quota-class-sets/" + quotaClass, cancellation)).Field("quota_class_set"));
            Add(info, await OfVolume(call, "/os-quota-class-sets/" + quotaClass, "quota_class_set", cancellation));
        }
        else
        {
            (var id, name) = await Project(call, cancellation);
            var end = call[_default] ? "/defaults" : "";
            Add(info, (await call.Cloud.Compute.Get($"/os-quota-sets/{id}{end}", cancellation)).Field("quota_set"));
            Add(info, await OfVolume(call, $"/os-quota-sets/{id}{end}", "quota_set", cancellation));
            var network = await call.Cloud.Network.Get($"/quotas/{id}{(call[_default] ? "/default" : "")}", cancellation);
            Add(info, network.Field("quota"), skipNull: true);
            info["project_name"] = name;
        }

        Rename(info);
        return Record.Sorted(info.Select(pair => (pair.Key, Cell.Plain(pair.Value))));
    }

    private async Task<(string Id, string Name)> Project(Call call, CancellationToken cancellation)
    {
        if (call.Optional(_project) is { } given)
        {
            var project = await call.Cloud.Find(Resources.Project, given, cancellation);
            return (project.Id(), project.Text("name") ?? "");
        }

        var session = await call.Cloud.Session(cancellation);
        return (session.ProjectId ?? throw new CommandError("Name a project: the token is not for one"), session.Body.Field("project").Text("name") ?? "");
    }

    private static async Task<JsonNode?> OfVolume(Call call, string path, string key, CancellationToken cancellation)
    {
        var catalog = await call.Cloud.Catalog(cancellation);
        return catalog.Endpoint(ServiceType.Volume) is null ? null : (await call.Cloud.Volume.Get(path, cancellation)).Field(key);
    }

    private static void Add(Dictionary<string, JsonNode?> info, JsonNode? quotas, bool skipNull = false)
    {
        foreach (var (key, value) in quotas as JsonObject ?? [])
        {
            if (value is not null || !skipNull) info[key] = value.Copy();
        }
    }

    private static void Rename(Dictionary<string, JsonNode?> info)
    {
        foreach (var (field, option) in QuotaNames.Compute.Concat(QuotaNames.OldNetwork).Concat(QuotaNames.Volume).Concat(QuotaNames.Network))
        {
            if (field != option && info.Remove(field, out var value)) info[option] = value;
        }

        // Two that the python client shows under the Network service's own names.
        foreach (var (option, shown) in new[] { ("rbac-policies", "rbac_policies"), ("subnetpools", "subnet_pools") })
        {
            if (info.Remove(option, out var value)) info[shown] = value;
        }

        info.Remove("project_id");
        if (info.Remove("id", out var id)) info["project"] = id;
    }
}
