using System.Globalization;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>/servers/ID/os-instance-actions: what was done to a server, also after its deletion (2.21).</summary>
internal sealed class InstanceActions(CloudParts parts)
{
    public Task<Reply> List(ApiRequest request)
    {
        if (request.At(2, 58)) QueryRules.CheckSince(request, new(2, 58), "limit", "marker", "changes-since", request.At(2, 66) ? "changes-before" : "changes-since");
        var actions = parts.Database.Read(tx => ServerActionStore.Of(tx, Server(tx, request)));
        string? next = null;
        if (request.At(2, 58)) (actions, next) = Page(request, actions);
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("instanceActions");
            foreach (var action in actions)
            {
                json.WriteStartObject();
                Write(json, request, action, timeOfUpdate: true);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            if (next is not null)
            {
                json.WriteStartArray("links");
                json.WriteStartObject();
                json.WriteString("rel", "next");
                json.WriteString("href", PageLinks.Next(request, next));
                json.WriteEndObject();
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var (action, events) = parts.Database.Read(tx =>
        {
            var found = ServerActionStore.Find(tx, Server(tx, request), request[1])
                ?? throw Fault.NotFound($"Action for request_id {request[1].Truncated()} on instance {request[0]} not found");
            return (found, ServerActionStore.Events(tx, found.Id));
        });
        var target = PolicyTarget.OwnedBy(request.Caller.ProjectId, request.Caller.UserId);
        var withEvents = request.At(2, 51) || request.Allows("os_compute_api:os-instance-actions:events", target);
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("instanceAction");
            Write(json, request, action, timeOfUpdate: request.At(2, 58));
            if (withEvents)
            {
                json.WriteStartArray("events");
                foreach (var one in events) WriteEvent(json, request, action, one, target);
                json.WriteEndArray();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }));
    }

    private static string Server(Tx tx, ApiRequest request)
    {
        var server = ServerStore.Find(tx, request[0], deletedToo: request.At(2, 21));
        return server is not null && (request.Caller.IsAdmin || server.ProjectId == request.Caller.ProjectId)
            ? server.Id
            : throw Fault.NotFound($"Instance {request[0].Truncated()} could not be found.");
    }

    private static (List<ServerAction>, string?) Page(ApiRequest request, List<ServerAction> actions)
    {
        var query = request.Query;
        if (Time(request, "changes-since") is { } since) actions = [.. actions.Where(a => a.UpdatedAt >= since)];
        if (Time(request, "changes-before") is { } before) actions = [.. actions.Where(a => a.UpdatedAt <= before)];
        if (query["marker"].ToString() is { Length: > 0 } marker)
        {
            var at = actions.FindIndex(a => a.RequestId == marker);
            if (at < 0) throw Fault.BadRequest($"Marker {marker.Truncated()} could not be found.");
            actions = actions[(at + 1)..];
        }
        if (!int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var limit)) limit = 1000;
        return limit < actions.Count ? (actions[..limit], limit > 0 ? actions[limit - 1].RequestId : null) : (actions, null);
    }

    private static DateTimeOffset? Time(ApiRequest request, string name)
    {
        var text = request.Query[name].ToString();
        if (text.Length == 0) return null;
        return TimeText.TryRead(text, out var time)
            ? time
            : throw Fault.BadRequest($"Invalid input for query parameters {name}. Value: {text.Truncated()}. It must be an ISO 8601 date and time");
    }

    private static void Write(Utf8JsonWriter json, ApiRequest request, ServerAction action, bool timeOfUpdate)
    {
        json.WriteString("action", action.Action);
        json.WriteString("instance_uuid", action.ServerId);
        json.WriteString("message", action.Message);
        json.WriteString("project_id", action.ProjectId);
        json.WriteString("request_id", action.RequestId);
        json.WriteString("start_time", TimeText.Microseconds(action.StartedAt));
        json.WriteString("user_id", action.UserId);
        if (timeOfUpdate && request.At(2, 58)) json.WriteString("updated_at", TimeText.Microseconds(action.UpdatedAt));
    }

    private static void WriteEvent(Utf8JsonWriter json, ApiRequest request, ServerAction action, ServerActionEvent one, PolicyTarget target)
    {
        json.WriteStartObject();
        json.WriteString("event", one.Event);
        json.WriteString("start_time", TimeText.Microseconds(one.StartedAt));
        json.WriteString("finish_time", one.FinishedAt is { } at ? TimeText.Microseconds(at) : null);
        json.WriteString("result", one.Result);
        if (request.Allows("os_compute_api:os-instance-actions:events", target))
        {
            json.WriteNull("traceback");
            if (request.At(2, 62)) json.WriteString("host", one.Host);
        }
        if (request.At(2, 62))
            json.WriteString("hostId", one.Host is null ? "" : Sha224.Hex(System.Text.Encoding.UTF8.GetBytes(action.ProjectId + one.Host)));
        if (request.At(2, 84) && request.Allows("os_compute_api:os-instance-actions:events:details", target)) json.WriteString("details", one.Details);
        json.WriteEndObject();
    }
}
