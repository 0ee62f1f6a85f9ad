using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Networking.Qos;

/// <summary>Which kinds of rules the datapath keeps, and with which values.</summary>
internal static class QosRuleTypes
{
    /// <summary><c>all_rules=true</c> names also those that cannot be kept.</summary>
    public static Task<Reply> List(ApiRequest request)
    {
        var all = JsonReading.FlagOf(request.Query["all_rules"].ToString()) is true;
        var named = request.Query["type"];
        var kinds = QosRuleKind.All.Where(k => (all || k.IsKept) && (named.Count == 0 || named.Contains(k.Name))).ToList();
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("rule_types");
            foreach (var kind in kinds)
            {
                json.WriteStartObject();
                json.WriteString("type", kind.Name);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    public static Task<Reply> Show(ApiRequest request)
    {
        var kind = QosRuleKind.All.FirstOrDefault(k => k.Name == request[0])
            ?? throw Fault.NotFound($"QoS rule type {request[0].Truncated()} could not be found.", "QosRuleTypeNotFound");
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("rule_type");
            json.WriteString("type", kind.Name);
            json.WriteStartArray("drivers");
            if (kind.IsKept) WriteDriver(json, kind);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }));
    }

    private static void WriteDriver(Utf8JsonWriter json, QosRuleKind kind)
    {
        json.WriteStartObject();
        json.WriteString("name", "linuxbridge");
        json.WriteStartArray("supported_parameters");
        if (kind.Name == "dscp_marking") WriteChoices(json, kind.Amount, () => { foreach (var mark in QosRuleKind.Marks) json.WriteNumberValue(mark); });
        else WriteRange(json, kind.Amount);
        if (kind.Burst is { } burst) WriteRange(json, burst);
        if (kind.Directions.Count > 0) WriteChoices(json, "direction", () => { foreach (var direction in kind.Directions) json.WriteStringValue(direction); });
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRange(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject();
        json.WriteString("parameter_name", name);
        json.WriteString("parameter_type", "range");
        json.WriteStartObject("parameter_values");
        json.WriteNumber("start", 0);
        json.WriteNumber("end", int.MaxValue);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteChoices(Utf8JsonWriter json, string name, Action values)
    {
        json.WriteStartObject();
        json.WriteString("parameter_name", name);
        json.WriteString("parameter_type", "choices");
        json.WriteStartArray("parameter_values");
        values();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
