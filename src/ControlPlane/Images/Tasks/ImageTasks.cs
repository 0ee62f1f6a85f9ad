using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Images.Tasks;

/// <summary>One import, as the tasks API shows it.</summary>
/// <param name="Status">pending, processing, success, failure.</param>
/// <param name="Input">JSON.</param>
/// <param name="Result">JSON, or null.</param>
internal sealed record ImageTask(string Id, string? ImageId, string Type, string Status, string? Owner, string UserId, string RequestId,
    string Input, string? Result, string Message, DateTimeOffset? ExpiresAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>The tasks' SQL.</summary>
internal static class ImageTasks
{
    /// <summary>How long the end of a task can be read.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromHours(48);

    public const string Columns = """
        t.id, t.image_id, t.type, t.status, t.owner, t.user_id, t.request_id, t.input, t.result, t.message, t.expires_at,
        t.created_at, t.updated_at
        """;

    public static ImageTask Begin(Tx tx, ApiRequest request, ImageRecord image, JsonElement importRequest, DateTimeOffset now)
    {
        var task = new ImageTask(Guid.NewGuid().ToString(), image.Id, "api_image_import", "pending", request.Caller.ProjectId,
            request.Caller.UserId, request.RequestId, Input(image.Id, importRequest), null, "", null, now, now);
        tx.Execute($"DELETE FROM image_tasks WHERE expires_at < {now}");
        tx.Execute($"""
            INSERT INTO image_tasks (id, image_id, type, status, owner, user_id, request_id, input, result, message, expires_at,
                created_at, updated_at)
            VALUES ({task.Id}, {task.ImageId}, {task.Type}, {task.Status}, {task.Owner}, {task.UserId}, {task.RequestId},
                {task.Input}, {task.Result}, {task.Message}, {task.ExpiresAt}, {task.CreatedAt}, {task.UpdatedAt})
            """);
        return task;
    }

    public static void SetStatus(Tx tx, string id, string status, DateTimeOffset now) =>
        tx.Execute($"UPDATE image_tasks SET status = {status}, updated_at = {now} WHERE id = {id}");

    /// <param name="message">What went wrong, or null.</param>
    public static void End(Tx tx, string id, string? message, DateTimeOffset now) => tx.Execute($"""
        UPDATE image_tasks SET status = {(message is null ? "success" : "failure")}, message = {message ?? ""},
            expires_at = {now + Kept}, updated_at = {now}
        WHERE id = {id}
        """);

    /// <summary>Those that an earlier process left.</summary>
    public static void EndAll(Tx tx, string message, DateTimeOffset now) => tx.Execute($"""
        UPDATE image_tasks SET status = 'failure', message = {message}, expires_at = {now + Kept}, updated_at = {now}
        WHERE status IN ('pending', 'processing')
        """);

    public static ImageTask Read(Row row) => new(row.Text(), row.TextOrNull(), row.Text(), row.Text(), row.TextOrNull(), row.Text(),
        row.Text(), row.Text(), row.TextOrNull(), row.Text(), row.TimeOrNull(), row.Time(), row.Time());

    private static string Input(string imageId, JsonElement importRequest)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("image_id", imageId);
            json.WritePropertyName("import_req");
            importRequest.WriteTo(json);
            json.WriteStartArray("backend");
            json.WriteStringValue(ImageJson.Store);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
