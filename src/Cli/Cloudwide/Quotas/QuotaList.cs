using System.Text.Json.Nodes;
using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Cloudwide.Quotas;

sealed class QuotaList : ListCommand
{
    private readonly Option<string?> _project;
    private readonly Option<bool> _detail;
    private readonly Option<bool> _compute;
    private readonly Option<bool> _volume;
    private readonly Option<bool> _network;

    public QuotaList(Syntax syntax) : base(syntax)
    {
        _project = syntax.Value("--project", "<project>", "Quotas of this project (name or ID)");
        _detail = syntax.Flag("--detail", "Show what is in use and reserved, of one project");
        _compute = syntax.FlagIn("what", "--compute", "List compute quotas");
        _volume = syntax.FlagIn("what", "--volume", "List volume quotas");
        _network = syntax.FlagIn("what", "--network", "List network quotas");
        syntax.NeedOneOf("what");
    }

    public override string Description => "List quotas of projects, or what is in use of one project's";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var given = await call.Cloud.FindIdOrNull(Resources.Project, call[_project], cancellation);
        if (call[_detail]) return await Detail(call, given ?? (await call.Cloud.Session(cancellation)).ProjectId!, cancellation);
        List<string> projects = given is not null ? [given]
            : [.. (await call.Cloud.Identity.List("/projects", "projects", cancellation)).Select(project => project.Id())];
        (string Header, string Field)[] columns = call[_compute]
            ? [("Cores", "cores"), ("Fixed IPs", "fixed_ips"), ("Injected Files", "injected_files"),
                ("Injected File Content Bytes", "injected_file_content_bytes"), ("Injected File Path Bytes", "injected_file_path_bytes"),
                ("Instances", "instances"), ("Key Pairs", "key_pairs"), ("Metadata Items", "metadata_items"), ("Ram", "ram"),
                ("Server Groups", "server_groups"), ("Server Group Members", "server_group_members")]
            : call[_volume]
            ? [("Backups", "backups"), ("Backup Gigabytes", "backup_gigabytes"), ("Gigabytes", "gigabytes"),
                ("Per Volume Gigabytes", "per_volume_gigabytes"), ("Snapshots", "snapshots"), ("Volumes", "volumes")]
            : [("Floating IPs", "floatingip"), ("Networks", "network"), ("Ports", "port"), ("RBAC Policies", "rbac_policy"), ("Routers", "router"),
                ("Security Groups", "security_group"), ("Security Group Rules", "security_group_rule"), ("Subnets", "subnet"), ("Subnet Pools", "subnetpool")];
        var rows = new List<JsonObject>();
        foreach (var project in projects)
        {
            var quotas = await Ask(call, project, "", cancellation);
            var defaults = await Ask(call, project, call[_network] ? "/default" : "/defaults", cancellation);
            if (given is null && columns.All(column => JsonNode.DeepEquals(quotas[column.Field], defaults[column.Field]))) continue;
            quotas["id"] = project;
            rows.Add(quotas);
        }

        return Table.Of(rows, [Columns.Of("Project ID", "id"), .. columns.Select(column => Columns.Of(column.Header, column.Field))]);
    }

    private async Task<JsonObject> Ask(Call call, string project, string end, CancellationToken cancellation)
    {
        var answer = call[_network] ? (await call.Cloud.Network.Get($"/quotas/{project}{end}", cancellation)).Field("quota")
            : (await (call[_compute] ? call.Cloud.Compute : call.Cloud.Volume).Get($"/os-quota-sets/{project}{end}", cancellation)).Field("quota_set");
        return answer.Copy() as JsonObject ?? [];
    }

    private async Task<Table> Detail(Call call, string project, CancellationToken cancellation)
    {
        var quotas = await Ask(call, project, call[_compute] ? "/detail" : call[_network] ? "/details.json" : "?usage=True", cancellation);
        var named = call[_network] ? QuotaNames.InUse.Select(name => KeyValuePair.Create(name.Shown, quotas[name.Field])) : quotas;
        return Table.Of(named.Where(pair => pair.Value is JsonObject),
        [
            ("Resource", pair => new Cell(pair.Key)), ("In Use", pair => new Cell((pair.Value.Field("in_use") ?? pair.Value.Field("used")).Copy())),
            ("Reserved", pair => new Cell(pair.Value.Field("reserved").Copy())), ("Limit", pair => new Cell(pair.Value.Field("limit").Copy())),
        ]);
    }
}
