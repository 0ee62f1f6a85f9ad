using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>GET /servers and /servers/detail: filters, order, pages, other projects for administrators.</summary>
internal sealed class ListServers(CloudParts parts, ServerViews views, NetworkingRoom networking)
{
    // What anybody may filter by; from 2.83 on a few more, administrators all of them.
    private static readonly HashSet<string> ForAnybody =
    [
        "reservation_id", "name", "status", "image", "flavor", "ip", "ip6", "changes-since", "changes-before", "all_tenants", "tags",
        "tags-any", "not-tags", "not-tags-any", "locked", "deleted", "project_id", "tenant_id",
    ];

    private static readonly HashSet<string> ForAnybodySince83 =
    [
        "availability_zone", "config_drive", "key_name", "created_at", "launched_at", "terminated_at", "power_state", "task_state",
        "vm_state", "progress", "user_id",
    ];

    private readonly ListQuery _byAnybody = Query(networking, (request, name) =>
        ForAnybody.Contains(name) || (request.At(2, 83) && ForAnybodySince83.Contains(name)));
    private readonly ListQuery _byAdministrators = Query(networking, (_, _) => true);

    private static ListQuery Query(NetworkingRoom networking, Func<ApiRequest, string, bool> allowed) => new()
    {
        Select = ServerStore.Select,
        From = "servers s",
        Id = "s.id",
        Filters = ServerFilters.All(networking, allowed),
        SortKeys = ServerFilters.SortKeys,
        DefaultOrder = [("created_at", true)],
    };

    public Task<Reply> Brief(ApiRequest request) => List(request, detail: false);

    public Task<Reply> Detail(ApiRequest request) => List(request, detail: true);

    private Task<Reply> List(ApiRequest request, bool detail)
    {
        QueryRules.Check(request, ServerFilters.Known);
        var visible = Visible(request, detail);
        if (visible is null) return Task.FromResult(Write(request, detail, [], null));
        var everything = request.Allows("os_compute_api:servers:allow_all_filters", PolicyTarget.OwnedBy(request.Caller.ProjectId));
        var (found, next) = parts.Database.Read(tx =>
        {
            var page = (everything ? _byAdministrators : _byAnybody).Run(tx, request, visible, ServerStore.Read);
            var list = detail
                ? views.Many(tx, page.Items)
                : [.. page.Items.Select(s => new ServerView(s, [], [], [], [], null, []))];
            return (list, page.HasMore ? page.Items[^1].Id : null);
        });
        return Task.FromResult(Write(request, detail, found, next));
    }

    private static Reply Write(ApiRequest request, bool detail, List<ServerView> found, string? next)
    {
        var rights = detail ? ServerRights.Of(request) : default;
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("servers");
            foreach (var view in found)
            {
                if (!detail)
                {
                    ServerJson.WriteBrief(json, view.Server, request);
                    continue;
                }
                json.WriteStartObject();
                ServerJson.WriteMembers(json, view, request, ServerForm.Detail, rights);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            PageLinks.WriteNext(json, "servers", request, next);
            json.WriteEndObject();
        });
    }

    /// <summary>Null where nothing can match: a status that is none.</summary>
    private static Sql? Visible(ApiRequest request, bool detail)
    {
        var query = request.Query;
        var visible = new Sql();
        if (WantsAll(request))
        {
            request.Authorize($"os_compute_api:servers:{(detail ? "detail" : "index")}:get_all_tenants", PolicyTarget.OwnedBy(request.Caller.ProjectId));
            var project = query["project_id"].Concat(query["tenant_id"]).FirstOrDefault(p => !string.IsNullOrEmpty(p));
            visible.Add(project is null ? Sql.Raw("1 = 1") : Sql.Of($"s.project_id = {project}"));
        }
        else
        {
            visible.Add($"s.project_id = {request.ProjectId}");
        }
        var statuses = query["status"].Where(s => !string.IsNullOrEmpty(s)).Select(s => s!).ToList();
        if (statuses.Count > 0 && statuses.All(s => ServerState.VmStatesOf(s).Count == 0)) return null;
        var deletedAsked = statuses.Any(s => s.Equals("deleted", StringComparison.OrdinalIgnoreCase));
        if (deletedAsked && !request.Caller.IsAdmin) throw Fault.Forbidden("Only administrators may list deleted instances");
        var deleted = request.Caller.IsAdmin ? JsonReading.FlagOf(query["deleted"].ToString()) : null;
        if (deleted is { } flag) return visible.Add($" AND s.deleted = {flag}");
        if (deletedAsked) return visible.Add(Sql.Raw(" AND s.deleted = 1"));
        // Whoever asks for changes wants to hear of what went.
        return query.ContainsKey("changes-since") || query.ContainsKey("changes-before") ? visible : visible.Add(Sql.Raw(" AND s.deleted = 0"));
    }

    private static bool WantsAll(ApiRequest request)
    {
        if (!request.Query.TryGetValue("all_tenants", out var values)) return false;
        var text = values.ToString();
        if (text.Length == 0) return true;
        return JsonReading.FlagOf(text) ?? throw Fault.BadRequest($"Invalid input for query parameters all_tenants. Value: {text.Truncated()}. It must be true or false");
    }
}
