using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Messages;

internal sealed record MessageRecord(
    string Id, string ProjectId, string RequestId, string ResourceType, string? ResourceId, string EventId, string UserMessage, string Level,
    DateTimeOffset CreatedAt, DateTimeOffset GuaranteedUntil)
{
    public const string Columns =
        "m.id, m.project_id, m.request_id, m.resource_type, m.resource_id, m.event_id, m.user_message, m.level, m.created_at, m.guaranteed_until";

    public static MessageRecord Read(Row row) => new(row.Text(), row.Text(), row.Text(), row.Text(), row.TextOrNull(), row.Text(), row.Text(), row.Text(), row.Time(), row.Time());
}

/// <summary>What a user is told of work that failed after it was accepted.</summary>
internal static class UserMessages
{
    public static readonly (string Number, string Words) Unknown = ("001", "An unknown error occurred.");

    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <param name="resource">VOLUME, VOLUME_SNAPSHOT or VOLUME_BACKUP.</param>
    /// <param name="action">Cinder's number and words of the action: <c>("001", "schedule allocate volume")</c>.</param>
    public static void Add(Tx tx, string projectId, string resource, string id, (string Number, string Words) action, DateTimeOffset now) =>
        Add(tx, projectId, resource, id, action, Unknown, now);

    /// <param name="detail">Cinder's number and words of what went wrong.</param>
    public static void Add(
        Tx tx, string projectId, string resource, string id, (string Number, string Words) action, (string Number, string Words) detail, DateTimeOffset now)
    {
        var eventId = $"VOLUME_{resource}_{action.Number}_{detail.Number}";
        var text = $"{action.Words}:{detail.Words}";
        tx.Execute($"""
            INSERT INTO volume_messages (id, project_id, request_id, resource_type, resource_id, event_id, user_message, level, created_at, guaranteed_until)
            VALUES ({Guid.NewGuid()}, {projectId}, '', {resource}, {id}, {eventId}, {text}, 'ERROR', {now}, {now + Kept})
            """);
    }
}

/// <summary>messages, from 3.3.</summary>
internal sealed class MessageRequests(BlockStorageRoom room)
{
    private static readonly ListQuery Query = new()
    {
        Select = $"SELECT {MessageRecord.Columns} FROM volume_messages m",
        From = "volume_messages m",
        Id = "m.id",
        Filters = new Dictionary<string, Filter>
        {
            ["resource_uuid"] = new Filter.Exact("m.resource_id"),
            ["resource_type"] = new Filter.Exact("m.resource_type"),
            ["event_id"] = new Filter.Exact("m.event_id"),
            ["request_id"] = new Filter.Exact("m.request_id"),
            ["message_level"] = new Filter.Exact("m.level"),
        },
        SortKeys = new Dictionary<string, string>
        {
            ["id"] = "m.id",
            ["event_id"] = "m.event_id",
            ["resource_type"] = "m.resource_type",
            ["resource_uuid"] = "COALESCE(m.resource_id, '')",
            ["request_id"] = "m.request_id",
            ["message_level"] = "m.level",
            ["created_at"] = "m.created_at",
            ["guaranteed_until"] = "m.guaranteed_until",
        },
        DefaultOrder = [("created_at", true)],
        MarkerNotFound = Missing,
    };

    private static Fault Missing(string id) => Fault.NotFound($"Message {id.Truncated()} could not be found.");

    public Task<Reply> List(ApiRequest request)
    {
        var page = room.Parts.Database.Read(tx => Query.Run(tx, request,
            FilterRules.Check(request, "message", Query, ProjectRows.Visible(request, "m.project_id")), MessageRecord.Read));
        return Task.FromResult(JsonWriting.List(request, "messages", page, m => m.Id, (json, m) => Write(json, request, m)));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var message = room.Parts.Database.Read(tx => Require(tx, request));
        return Task.FromResult(JsonWriting.Wrapped("message", json => Write(json, request, message)));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await room.Parts.Database.Write(tx => tx.Execute($"DELETE FROM volume_messages WHERE id = {Require(tx, request).Id}"));
        return Reply.Empty(204);
    }

    private static MessageRecord Require(Tx tx, ApiRequest request) =>
        tx.Find($"SELECT {Sql.Raw(MessageRecord.Columns)} FROM volume_messages m WHERE m.id = {request[0]}", MessageRecord.Read) is { } message
            && ProjectRows.MaySee(request.Caller, message.ProjectId) ? message : throw Missing(request[0]);

    private static void Write(Utf8JsonWriter json, ApiRequest request, MessageRecord message)
    {
        json.WriteStartObject();
        json.WriteString("id", message.Id);
        json.WriteString("event_id", message.EventId);
        json.WriteString("user_message", message.UserMessage);
        json.WriteString("message_level", message.Level);
        json.WriteTime("created_at", message.CreatedAt);
        json.WriteTime("guaranteed_until", message.GuaranteedUntil);
        json.WriteString("request_id", message.RequestId);
        json.WriteString("resource_type", message.ResourceType);
        json.WriteString("resource_uuid", message.ResourceId);
        json.WriteLinks(request, $"messages/{message.Id}");
        json.WriteEndObject();
    }
}
