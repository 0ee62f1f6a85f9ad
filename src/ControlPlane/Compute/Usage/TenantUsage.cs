using System.Globalization;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Usage;

/// <summary>One server's use within the period asked about.</summary>
internal sealed record ServerUse(
    string Id, string Name, string ProjectId, string Flavor, long Vcpus, long RamMib, long DiskGib, string State,
    DateTimeOffset LaunchedAt, DateTimeOffset? TerminatedAt)
{
    /// <summary>Hours of the period in which it was there, pure arithmetic on four instants.</summary>
    public double HoursIn(DateTimeOffset start, DateTimeOffset end)
    {
        var from = LaunchedAt > start ? LaunchedAt : start;
        var to = TerminatedAt is { } gone && gone < end ? gone : end;
        return to > from ? (to - from).TotalHours : 0;
    }
}

/// <summary>
/// os-simple-tenant-usage: what projects used, counted from the rows of servers, those deleted included. Paging since 2.40 goes by
/// server, so that a project may go on on the next page.
/// </summary>
internal sealed class TenantUsage(CloudParts parts)
{
    private const int MaxLimit = 1000;
    private static readonly string[] Forms =
        ["yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFF", "yyyy-MM-dd HH:mm:ss.FFFFFF"];

    public static void Map(RouteTable routes, CloudParts parts)
    {
        var usage = new TenantUsage(parts);
        routes.Get("v2.1/os-simple-tenant-usage", "os_compute_api:os-simple-tenant-usage:list", usage.List);
        routes.Get("v2.1/os-simple-tenant-usage/{project}", "os_compute_api:os-simple-tenant-usage:show", usage.Show).ByTarget();
    }

    private sealed record Period(DateTimeOffset Start, DateTimeOffset End, DateTimeOffset Now);

    private Task<Reply> List(ApiRequest request)
    {
        QueryRules.Check(request, "start", "end", "detailed", "limit", "marker");
        var period = PeriodOf(request);
        var detailed = request.Query["detailed"].ToString() == "1";
        var page = Page(request, period, null);
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("tenant_usages");
            foreach (var project in page.Items.GroupBy(s => s.ProjectId)) Write(json, project.Key, [.. project], period, detailed);
            json.WriteEndArray();
            PageLinks.WriteNext(json, "tenant_usages", request, page.HasMore ? page.Items[^1].Id : null);
            json.WriteEndObject();
        }));
    }

    private Task<Reply> Show(ApiRequest request)
    {
        request.Authorize(PolicyTarget.OwnedBy(request[0]));
        QueryRules.Check(request, "start", "end", "limit", "marker");
        var period = PeriodOf(request);
        var page = Page(request, period, request[0]);
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("tenant_usage");
            if (page.Items.Count > 0) Write(json, request[0], page.Items, period, detailed: true);
            else
            {
                json.WriteStartObject();
                json.WriteEndObject();
            }
            PageLinks.WriteNext(json, "tenant_usage", request, page.HasMore ? page.Items[^1].Id : null);
            json.WriteEndObject();
        }));
    }

    private Page<ServerUse> Page(ApiRequest request, Period period, string? project)
    {
        var where = new Sql().Add($"s.launched_at IS NOT NULL AND s.launched_at < {period.End} AND (s.terminated_at IS NULL OR s.terminated_at >= {period.Start})");
        if (project is not null) where.Add($" AND s.project_id = {project}");
        var query = new ListQuery
        {
            Select = """
                SELECT s.id, s.name, s.project_id, s.flavor, s.vcpus, s.ram_mib, s.disk_gib, s.vm_state, s.launched_at, s.terminated_at
                FROM servers s
                """,
            From = "servers s",
            Id = "s.id",
            Filters = new Dictionary<string, Filter>(),
            SortKeys = new Dictionary<string, string> { ["project"] = "s.project_id", ["number"] = "s.number" },
            DefaultOrder = [("project", false), ("number", false)],
            MaxLimit = request.At(2, 40) ? MaxLimit : 0,
            MarkerNotFound = marker => Fault.BadRequest($"Marker {marker.Truncated()} could not be found."),
        };
        return parts.Database.Read(tx => query.Run(tx, request, where, row => new ServerUse(
            row.Text(), row.Text(), row.Text(), FlavorName(row.Text()), row.Long(), row.Long(), row.Long(), row.Text(), row.Time(), row.TimeOrNull())));
    }

    // The row keeps a copy of the flavor as it was.
    private static string FlavorName(string copy)
    {
        using var flavor = JsonDocument.Parse(copy);
        return flavor.RootElement.GetText("Name") ?? "";
    }

    private Period PeriodOf(ApiRequest request)
    {
        var now = parts.Time.GetUtcNow();
        var (start, end) = (Instant(request.Query["start"].ToString(), now), Instant(request.Query["end"].ToString(), now));
        if (start >= end) throw Fault.BadRequest("Invalid start time. The start time cannot occur after the end time.");
        return new Period(start, end > now ? now : end, now);
    }

    private static DateTimeOffset Instant(string text, DateTimeOffset now)
    {
        if (text.Length == 0) return now;
        return DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant
            : throw Fault.BadRequest("Invalid datetime string: Datetime is in invalid format");
    }

    private static void Write(Utf8JsonWriter json, string project, IReadOnlyList<ServerUse> servers, Period period, bool detailed)
    {
        double Sum(Func<ServerUse, double> of) => servers.Sum(s => of(s) * s.HoursIn(period.Start, period.End));
        json.WriteStartObject();
        json.WriteString("tenant_id", project);
        if (detailed)
        {
            json.WriteStartArray("server_usages");
            foreach (var server in servers) Write(json, server, period);
            json.WriteEndArray();
        }
        Number(json, "total_local_gb_usage", Sum(s => s.DiskGib));
        Number(json, "total_vcpus_usage", Sum(s => s.Vcpus));
        Number(json, "total_memory_mb_usage", Sum(s => s.RamMib));
        Number(json, "total_hours", Sum(_ => 1));
        json.WriteString("start", TimeText.Microseconds(period.Start));
        json.WriteString("stop", TimeText.Microseconds(period.End));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ServerUse server, Period period)
    {
        json.WriteStartObject();
        json.WriteString("instance_id", server.Id);
        json.WriteString("name", server.Name);
        json.WriteString("tenant_id", server.ProjectId);
        json.WriteString("flavor", server.Flavor);
        Number(json, "hours", server.HoursIn(period.Start, period.End));
        json.WriteNumber("vcpus", server.Vcpus);
        json.WriteNumber("memory_mb", server.RamMib);
        json.WriteNumber("local_gb", server.DiskGib);
        json.WriteString("started_at", TimeText.Microseconds(server.LaunchedAt));
        if (server.TerminatedAt is { } ended) json.WriteString("ended_at", TimeText.Microseconds(ended));
        else json.WriteNull("ended_at");
        json.WriteString("state", server.TerminatedAt is null ? server.State : "terminated");
        json.WriteNumber("uptime", (long)((server.TerminatedAt ?? period.Now) - server.LaunchedAt).TotalSeconds);
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(FloatText.Of(value));
    }
}
