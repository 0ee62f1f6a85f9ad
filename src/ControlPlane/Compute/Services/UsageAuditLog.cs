using System.Globalization;
using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Services;

/// <summary>
/// The log of periodic usage audits. This cloud runs none, as a Nova does whose audits are not switched on: every host is one
/// that has not run. The period is the last whole month.
/// </summary>
internal sealed class UsageAuditLog(ComputeServices services)
{
    private static readonly string[] Forms = ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFF"];

    public static void Map(RouteTable routes, ComputeServices services)
    {
        var log = new UsageAuditLog(services);
        routes.Get("v2.1/os-instance_usage_audit_log", "os_compute_api:os-instance-usage-audit-log:list", log.List);
        routes.Get("v2.1/os-instance_usage_audit_log/{before}", "os_compute_api:os-instance-usage-audit-log:show", log.Show);
    }

    private Task<Reply> List(ApiRequest request) =>
        Task.FromResult(Answer("instance_usage_audit_logs", services.Now.UtcDateTime));

    private Task<Reply> Show(ApiRequest request) => DateTime.TryParseExact(
        request[0], Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var before)
        ? Task.FromResult(Answer("instance_usage_audit_log", before))
        : throw Fault.BadRequest($"Invalid timestamp for date {request[0].Truncated()}");

    private Reply Answer(string member, DateTime before)
    {
        var hosts = services.Database.Read(tx => ServiceStore.All(tx).Where(s => s.IsCompute).Select(s => s.Host).ToList());
        var end = new DateTime(before.Year, before.Month, 1, 0, 0, 0, DateTimeKind.Utc);
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject(member);
            json.WriteString("period_beginning", Text(end.AddMonths(-1)));
            json.WriteString("period_ending", Text(end));
            json.WriteNumber("num_hosts", hosts.Count);
            json.WriteNumber("num_hosts_done", 0);
            json.WriteNumber("num_hosts_running", 0);
            json.WriteNumber("num_hosts_not_run", hosts.Count);
            json.WriteStartArray("hosts_not_run");
            foreach (var host in hosts) json.WriteStringValue(host);
            json.WriteEndArray();
            json.WriteNumber("total_instances", 0);
            json.WriteNumber("total_errors", 0);
            json.WriteString("overall_status", $"{(hosts.Count == 0 ? "ALL" : $"0 of {hosts.Count}")} hosts done. 0 errors.");
            json.WriteStartObject("log");
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private static string Text(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
