using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Images.Tasks;

/// <summary>GET /v2/tasks, /v2/tasks/{id} and /v2/images/{id}/tasks.</summary>
internal sealed class ReadTasks(CloudParts parts)
{
    private static readonly ListQuery Listing = new()
    {
        Select = $"SELECT {ImageTasks.Columns} FROM image_tasks t",
        From = "image_tasks t",
        Id = "t.id",
        Filters = new Dictionary<string, Filter>
        {
            ["status"] = new Filter.Exact("t.status"),
            ["type"] = new Filter.Exact("t.type"),
            ["owner"] = new Filter.Exact("t.owner"),
        },
        SortKeys = new Dictionary<string, string>
        {
            ["created_at"] = "t.created_at", ["updated_at"] = "t.updated_at", ["status"] = "t.status", ["type"] = "t.type", ["id"] = "t.id",
        },
        DefaultOrder = [("created_at", true)],
    };

    public Task<Reply> List(ApiRequest request)
    {
        var page = parts.Database.Read(tx => Listing.Run(tx, request, Sql.Raw("1 = 1"), ImageTasks.Read));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("tasks");
            foreach (var task in page.Items) Write(json, task, whole: false);
            json.WriteEndArray();
            json.WriteString("first", ListLinks.Of("/v2/tasks", request, null));
            if (page.HasMore) json.WriteString("next", ListLinks.Of("/v2/tasks", request, page.Items[^1].Id));
            json.WriteString("schema", "/v2/schemas/tasks");
            json.WriteEndObject();
        }));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var task = parts.Database.Read(tx => tx.Find($"SELECT {Sql.Raw(ImageTasks.Columns)} FROM image_tasks t WHERE t.id = {request[0]}", ImageTasks.Read))
            ?? throw Fault.NotFound($"Could not find task {request[0].Truncated()}");
        return Task.FromResult(Reply.Ok(json => Write(json, task, whole: true)));
    }

    public Task<Reply> OfImage(ApiRequest request)
    {
        var tasks = parts.Database.Read(tx =>
        {
            var image = ImageAccess.Allowed(tx, request, request[0]);
            return tx.Query($"SELECT {Sql.Raw(ImageTasks.Columns)} FROM image_tasks t WHERE t.image_id = {image.Id} ORDER BY t.created_at, t.id", ImageTasks.Read);
        });
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("tasks");
            foreach (var task in tasks) WriteOfImage(json, task);
            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    private static void Write(Utf8JsonWriter json, ImageTask task, bool whole)
    {
        json.WriteStartObject();
        json.WriteString("id", task.Id);
        json.WriteString("type", task.Type);
        json.WriteString("status", task.Status);
        json.WriteString("owner", task.Owner);
        if (whole)
        {
            WriteRaw(json, "input", task.Input);
            WriteRaw(json, "result", task.Result);
            json.WriteString("message", task.Message);
            json.WriteString("image_id", task.ImageId);
            json.WriteString("request_id", task.RequestId);
            json.WriteString("user_id", task.UserId);
        }
        if (task.ExpiresAt is { } expires) json.WriteString("expires_at", TimeText.Seconds(expires));
        json.WriteString("created_at", TimeText.Seconds(task.CreatedAt));
        json.WriteString("updated_at", TimeText.Seconds(task.UpdatedAt));
        json.WriteString("self", $"/v2/tasks/{task.Id}");
        json.WriteString("schema", "/v2/schemas/task");
        json.WriteEndObject();
    }

    // The image's own list shows the rows as they are, under the names of the columns.
    private static void WriteOfImage(Utf8JsonWriter json, ImageTask task)
    {
        json.WriteStartObject();
        json.WriteString("id", task.Id);
        json.WriteString("image_id", task.ImageId);
        json.WriteString("request_id", task.RequestId);
        json.WriteString("user_id", task.UserId);
        json.WriteString("type", task.Type);
        json.WriteString("status", task.Status);
        json.WriteString("owner", task.Owner);
        json.WriteString("expires_at", task.ExpiresAt is { } expires ? TimeText.Microseconds(expires) : null);
        json.WriteString("created_at", TimeText.Microseconds(task.CreatedAt));
        json.WriteString("updated_at", TimeText.Microseconds(task.UpdatedAt));
        json.WriteNull("deleted_at");
        json.WriteBoolean("deleted", false);
        WriteRaw(json, "input", task.Input);
        WriteRaw(json, "result", task.Result);
        json.WriteString("message", task.Message);
        json.WriteEndObject();
    }

    private static void WriteRaw(Utf8JsonWriter json, string name, string? value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value ?? "null");
    }
}
