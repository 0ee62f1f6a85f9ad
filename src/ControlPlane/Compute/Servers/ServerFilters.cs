using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>By what lists of servers can be narrowed and ordered.</summary>
internal static class ServerFilters
{
    /// <summary>Every parameter that Nova's query schema knows; the rest is refused from 2.75 on.</summary>
    public static readonly string[] Known =
    [
        "access_ip_v4", "access_ip_v6", "all_tenants", "auto_disk_config", "availability_zone", "block_device_mapping", "changes-before",
        "changes-since", "config_drive", "created_at", "deleted", "description", "display_description", "display_name", "flavor", "host",
        "hostname", "image", "image_ref", "ip", "ip6", "kernel_id", "key_name", "launch_index", "launched_at", "limit", "locked", "locked_by",
        "marker", "metadata", "name", "node", "not-tags", "not-tags-any", "power_state", "progress", "project_id", "ramdisk_id",
        "reservation_id", "root_device_name", "services", "soft_deleted", "sort_dir", "sort_key", "status", "system_metadata", "tags",
        "tags-any", "task_state", "tenant_id", "terminated_at", "user_id", "uuid", "vm_state",
    ];

    public static readonly IReadOnlyDictionary<string, string> SortKeys = new Dictionary<string, string>
    {
        ["id"] = "s.id", ["uuid"] = "s.id", ["created_at"] = "s.created_at", ["updated_at"] = "s.updated_at",
        ["display_name"] = "s.name", ["name"] = "s.name", ["display_description"] = "COALESCE(s.description, '')",
        ["host"] = "COALESCE(s.host, '')", ["node"] = "COALESCE(s.node, '')", ["hostname"] = "s.hostname",
        ["image_ref"] = "COALESCE(s.image_id, '')", ["instance_type_id"] = "s.flavor_id", ["key_name"] = "COALESCE(s.key_name, '')",
        ["launch_index"] = "s.launch_index", ["launched_at"] = "COALESCE(s.launched_at, 0)",
        ["terminated_at"] = "COALESCE(s.terminated_at, 0)", ["power_state"] = "s.power_state", ["progress"] = "s.progress",
        ["project_id"] = "s.project_id", ["user_id"] = "s.user_id", ["vm_state"] = "s.vm_state",
        ["task_state"] = "COALESCE(s.task_state, '')", ["availability_zone"] = "COALESCE(s.zone, '')",
        ["config_drive"] = "s.config_drive", ["root_device_name"] = "COALESCE(s.root_device, '')", ["locked"] = "s.locked",
        ["access_ip_v4"] = "COALESCE(s.access_ip_v4, '')", ["access_ip_v6"] = "COALESCE(s.access_ip_v6, '')",
        ["auto_disk_config"] = "s.disk_config",
    };

    public static IReadOnlyDictionary<string, Filter> All(NetworkingRoom networking, Func<ApiRequest, string, bool> allowed)
    {
        var filters = new Dictionary<string, Filter>();
        void Add(string name, Func<IReadOnlyList<string>, ApiRequest, Sql?> condition) =>
            filters[name] = new Filter.Custom((values, request) => allowed(request, name) ? condition(values, request) : null);
        void Column(string name, string column) => Add(name, (values, _) => new Sql().Add(Sql.Raw($"{column} IN ")).Add($"{values}"));

        foreach (var (name, column) in (ReadOnlySpan<(string, string)>)[
            ("uuid", "s.id"), ("image", "s.image_id"), ("image_ref", "s.image_id"), ("flavor", "s.flavor_id"), ("host", "s.host"), ("node", "s.node"),
            ("reservation_id", "s.reservation_id"), ("key_name", "s.key_name"), ("vm_state", "s.vm_state"), ("task_state", "s.task_state"),
            ("user_id", "s.user_id"), ("availability_zone", "s.zone"), ("hostname", "s.hostname"), ("description", "s.description"),
            ("display_description", "s.description"), ("root_device_name", "s.root_device"), ("locked_by", "s.locked_by"),
            ("access_ip_v4", "s.access_ip_v4"), ("access_ip_v6", "s.access_ip_v6")]) Column(name, column);
        filters["name"] = new Filter.Pattern("s.name");
        filters["display_name"] = new Filter.Pattern("s.name");
        filters["changes-since"] = new Filter.Instant("s.updated_at", ">=");
        filters["changes-before"] = new Filter.Instant("s.updated_at", "<=");
        Add("status", (values, _) => Status(values));
        Add("power_state", (values, _) => Number("power_state", values) is { } number ? Sql.Of($"s.power_state = {number}") : null);
        Add("progress", (values, _) => Number("progress", values) is { } number ? Sql.Of($"s.progress = {number}") : null);
        Add("launch_index", (values, _) => Number("launch_index", values) is { } number ? Sql.Of($"s.launch_index = {number}") : null);
        Add("config_drive", (values, _) => Sql.Of($"s.config_drive = {(JsonReading.FlagOf(values[^1]) == true ? "True" : "")}"));
        Add("locked", (values, request) => request.At(2, 73) ? Sql.Of($"s.locked = {Flag("locked", values)}") : null);
        Add("tags", (values, request) => Tags(request, values, all: true, not: false));
        Add("tags-any", (values, request) => Tags(request, values, all: false, not: false));
        Add("not-tags", (values, request) => Tags(request, values, all: true, not: true));
        Add("not-tags-any", (values, request) => Tags(request, values, all: false, not: true));
        Add("ip", (values, _) => networking.HasAddress("s.id", 4, values[^1]));
        Add("ip6", (values, request) => request.At(2, 5) || request.Caller.IsAdmin ? networking.HasAddress("s.id", 6, values[^1]) : null);
        return filters;
    }

    private static long? Number(string name, IReadOnlyList<string> values) => long.TryParse(values[^1], out var number)
        ? number
        : throw Fault.BadRequest($"Invalid input for query parameters {name}. Value: {values[^1].Truncated()}. It must be an integer");

    private static bool Flag(string name, IReadOnlyList<string> values) => JsonReading.FlagOf(values[^1])
        ?? throw Fault.BadRequest($"Invalid input for query parameters {name}. Value: {values[^1].Truncated()}. It must be true or false");

    private static Sql? Status(IReadOnlyList<string> values)
    {
        var any = new Sql();
        foreach (var status in values.Where(v => v.Length > 0))
        {
            var states = ServerState.VmStatesOf(status);
            if (!any.IsEmpty) any.Add(Sql.Raw(" OR "));
            any.Add($"(s.vm_state IN {states}");
            if (ServerState.TaskStatesOf(status) is { } tasks) any.Add($" AND s.task_state IN {tasks}");
            any.Add(Sql.Raw(")"));
        }
        return any.IsEmpty ? null : Sql.Of($"({any})");
    }

    private static Sql? Tags(ApiRequest request, IReadOnlyList<string> values, bool all, bool not)
    {
        if (!request.At(2, 26)) return null;
        var tags = values.SelectMany(v => v.Split(',')).Distinct().ToList();
        var least = all ? tags.Count : 1;
        var has = Sql.Of($"(SELECT COUNT(*) FROM server_tags t WHERE t.server_id = s.id AND t.tag IN {tags}) >= {least}");
        return not ? Sql.Of($"NOT {has}") : has;
    }
}
