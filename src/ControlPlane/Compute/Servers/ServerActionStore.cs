using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>What was done to a server, by whom, and how each part of it went.</summary>
public sealed record ServerAction(
    string Id, string ServerId, string Action, string RequestId, string? ProjectId, string? UserId, string? Message,
    DateTimeOffset StartedAt, DateTimeOffset UpdatedAt);

public sealed record ServerActionEvent(
    string Event, string? Host, string? Result, string? Details, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt);

/// <summary>The actions' SQL. An action is found by the request that began it.</summary>
internal static class ServerActionStore
{
    private const string Columns = "id, server_id, action, request_id, project_id, user_id, message, started_at, updated_at";

    public static void Begin(Tx tx, ApiRequest request, string serverId, string action, string? firstEvent, DateTimeOffset now)
    {
        var id = Guid.NewGuid().ToString();
        tx.Execute($"""
            INSERT INTO server_actions ({Sql.Raw(Columns)})
            VALUES ({id}, {serverId}, {action}, {request.RequestId}, {request.Caller.ProjectId}, {request.Caller.UserId}, NULL, {now}, {now})
            ON CONFLICT (server_id, request_id) DO NOTHING
            """);
        if (firstEvent is not null) BeginEvent(tx, id, firstEvent, null, now);
    }

    /// <summary>What was done to a server by a request to another service.</summary>
    public static void Tell(Tx tx, ServerRecord server, string requestId, string action, string onlyEvent, DateTimeOffset now)
    {
        var id = Guid.NewGuid().ToString();
        tx.Execute($"""
            INSERT INTO server_actions ({Sql.Raw(Columns)})
            VALUES ({id}, {server.Id}, {action}, {requestId}, {server.ProjectId}, {server.UserId}, NULL, {now}, {now})
            """);
        BeginEvent(tx, id, onlyEvent, server.Host, now);
        End(tx, server.Id, requestId, server.Host, error: null, details: null, now);
    }

    private static void BeginEvent(Tx tx, string actionId, string name, string? host, DateTimeOffset now) => tx.Execute($"""
        INSERT INTO server_action_events (id, action_id, event, host, result, details, started_at, finished_at)
        VALUES ({Guid.NewGuid().ToString()}, {actionId}, {name}, {host}, NULL, NULL, {now}, NULL)
        """);

    /// <summary>Ends the action of a request: with a reason it is an error that its events tell too.</summary>
    public static void End(Tx tx, string serverId, string requestId, string? host, string? error, string? details, DateTimeOffset now)
    {
        var id = tx.Find($"SELECT id FROM server_actions WHERE server_id = {serverId} AND request_id = {requestId}", row => row.Text());
        if (id is null) return;
        tx.Execute($"UPDATE server_actions SET message = {error}, updated_at = {now} WHERE id = {id}");
        tx.Execute($"""
            UPDATE server_action_events SET result = {(error is null ? "Success" : "Error")}, details = {details}, host = {host}, finished_at = {now}
            WHERE action_id = {id} AND finished_at IS NULL
            """);
    }

    public static List<ServerAction> Of(Tx tx, string serverId) => tx.Query(
        $"SELECT {Sql.Raw(Columns)} FROM server_actions WHERE server_id = {serverId} ORDER BY started_at DESC, id DESC", Read);

    public static ServerAction? Find(Tx tx, string serverId, string requestId) => tx.Find(
        $"SELECT {Sql.Raw(Columns)} FROM server_actions WHERE server_id = {serverId} AND request_id = {requestId}", Read);

    public static List<ServerActionEvent> Events(Tx tx, string actionId) => tx.Query($"""
        SELECT event, host, result, details, started_at, finished_at FROM server_action_events
        WHERE action_id = {actionId} ORDER BY started_at DESC, id
        """, row => new ServerActionEvent(row.Text(), row.TextOrNull(), row.TextOrNull(), row.TextOrNull(), row.Time(), row.TimeOrNull()));

    private static ServerAction Read(Row row) => new(
        row.Text(), row.Text(), row.Text(), row.Text(), row.TextOrNull(), row.TextOrNull(), row.TextOrNull(), row.Time(), row.Time());
}
