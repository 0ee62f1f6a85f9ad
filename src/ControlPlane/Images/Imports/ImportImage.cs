using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Images.Data;
using Cumulet.ControlPlane.Images.Tasks;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Images.Imports;

/// <summary>
/// POST /v2/images/{id}/import: answered at once with 202; a task takes the bytes in. What goes wrong then stands in the
/// task's message and the image is queued again.
/// </summary>
internal sealed class ImportImage(CloudParts parts, ImportRunner runner)
{
    public async Task<Reply> Handle(ApiRequest request)
    {
        var body = await request.Body();
        var method = MethodOf(body);
        var source = method == ImportMethods.WebDownload ? await SourceOf(body) : null;
        var task = await parts.Database.Write(tx => Begin(tx, request, body, method));
        if (task is not null) runner.Start(task.ImageId!, task.Id, source);
        return Reply.Empty(202);
    }

    private ImageTask? Begin(Tx tx, ApiRequest request, JsonElement body, string method)
    {
        var image = ImageAccess.Seen(tx, request, request[0]);
        var target = ImageAccess.Target(tx, request, image);
        request.Authorize(target);
        if (method == ImportMethods.CopyImage) request.Authorize("copy_image", target);
        RequireStatus(image, method);
        if (image.ContainerFormat is null) throw Fault.Conflict("'container_format' needs to be set before import");
        if (image.DiskFormat is null) throw Fault.Conflict("'disk_format' needs to be set before import");
        RequireStore(request, body);
        if (method == ImportMethods.CopyImage)
        {
            if (body.GetFlag("all_stores") is true)
            {
                // Every store has it: nothing is left to copy, and nothing failed.
                ImageStore.SetProperty(tx, image.Id, "os_glance_failed_import", "");
                ImageStore.SetProperty(tx, image.Id, "os_glance_importing_to_stores", "");
                return null;
            }
            throw Fault.BadRequest($"Image is already present at store '{ImageJson.Store}'");
        }
        ImageStore.SetStatus(tx, image.Id, image.Status, ImageStatus.Importing, parts.Time.GetUtcNow());
        ImageStore.SetProperty(tx, image.Id, "os_glance_failed_import", "");
        ImageStore.SetProperty(tx, image.Id, "os_glance_importing_to_stores", ImageJson.Store);
        return ImageTasks.Begin(tx, request, image, body, parts.Time.GetUtcNow());
    }

    private static void RequireStatus(ImageRecord image, string method)
    {
        if (image.Status == ImageStatus.Active && method != ImportMethods.CopyImage)
            throw Fault.Conflict("Image with status active cannot be target for import");
        if (image.Status != ImageStatus.Active && method == ImportMethods.CopyImage)
            throw Fault.Conflict("Only images with status active can be targeted for copying");
        if (image.Status != ImageStatus.Queued && method == ImportMethods.WebDownload)
            throw Fault.Conflict($"Image needs to be in 'queued' state to use '{method}' method");
        if (method == ImportMethods.GlanceDirect && (image.Status != ImageStatus.Uploading || image.SizeBytes is null))
            throw Fault.Conflict("Image needs to be staged before 'glance-direct' method can be used");
    }

    private static string MethodOf(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object || body.Get("method") is not { ValueKind: JsonValueKind.Object } method)
            throw Fault.BadRequest("Import request requires a 'method' field.");
        if (method.GetText("name") is not { } name) throw Fault.BadRequest("Import request requires a 'name' field.");
        if (!ImportMethods.All.Contains(name)) throw Fault.BadRequest($"Unknown import method name '{name.Truncated()}'.");
        foreach (var flag in (string[])["all_stores_must_succeed", "all_stores"])
            if (body.TryGetProperty(flag, out var value) && value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                throw Fault.BadRequest($"'{flag}' must be boolean value only");
        return name;
    }

    private async Task<Uri> SourceOf(JsonElement body)
    {
        var text = body.GetProperty("method").GetText("uri") ?? "";
        return await WebSource.Check(text, parts.Options.AllowLocalWebDownload);
    }

    private static void RequireStore(ApiRequest request, JsonElement body)
    {
        var header = request.Http.Request.Headers["x-image-meta-store"].ToString();
        var named = body.GetItems("stores").Select(s => s.ToString()).Append(header).Where(s => s.Length > 0);
        foreach (var store in named)
            if (store != ImageJson.Store)
                throw Fault.Conflict($"Store for identifier {store.Truncated()} not found; there is one store here: {ImageJson.Store}.");
    }
}
