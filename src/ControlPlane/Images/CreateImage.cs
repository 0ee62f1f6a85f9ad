using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Images;

/// <summary>POST /v2/images: a row without bytes.</summary>
internal sealed class CreateImage(CloudParts parts)
{
    public async Task<Reply> Handle(ApiRequest request)
    {
        var body = await request.Body();
        if (body.ValueKind == JsonValueKind.Object && body.Has("locations")) throw Fault.Forbidden("Attribute 'locations' is reserved.");
        ImageAttributes.Check(body);
        var image = New(request, body);
        Authorize(request, image);
        ImageQuotas.RequireDetails(image);
        await parts.Database.Write(tx =>
        {
            if (ImageStore.Exists(tx, image.Id)) throw Fault.Conflict($"Image ID {image.Id} already exists!");
            ImageQuotas.RequireRoomForImage(tx, image.OwnerProjectId);
            ImageStore.Insert(tx, image);
        });
        return Reply.Json(201, json => ImageJson.Write(json, image))
            .With("Location", $"{request.ServiceUrl}/v2/images/{image.Id}")
            .With("OpenStack-image-import-methods", string.Join(',', Imports.ImportMethods.All))
            .With("OpenStack-image-store-ids", ImageJson.Store);
    }

    private ImageRecord New(ApiRequest request, JsonElement body)
    {
        var now = parts.Time.GetUtcNow();
        return new ImageRecord
        {
            Id = body.GetText("id") ?? Guid.NewGuid().ToString(),
            Name = body.GetText("name"),
            Status = ImageStatus.Queued,
            Visibility = body.GetText("visibility") ?? "shared",
            OwnerProjectId = body.Has("owner") ? body.GetText("owner") : request.ProjectId,
            Protected = body.GetFlag("protected") ?? false,
            Hidden = body.GetFlag("os_hidden") ?? false,
            DiskFormat = body.GetText("disk_format"),
            ContainerFormat = body.GetText("container_format"),
            MinDiskGib = body.GetLong("min_disk") ?? 0,
            MinRamMib = body.GetLong("min_ram") ?? 0,
            CreatedAt = now,
            UpdatedAt = now,
            Properties = ImageAttributes.Properties(body),
            Tags = [.. body.GetItems("tags").Select(t => t.GetString()!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        };
    }

    private static void Authorize(ApiRequest request, ImageRecord image)
    {
        var target = PolicyTarget.OwnedBy(image.OwnerProjectId);
        target["owner"] = image.OwnerProjectId;
        target["visibility"] = image.Visibility;
        if (image.OwnerProjectId != request.ProjectId && !request.Allows("add_image", target))
            throw Fault.Forbidden($"You are not permitted to create images owned by '{(image.OwnerProjectId ?? "None").Truncated()}'");
        request.Authorize(target);
        ImageAccess.AuthorizeVisibility(request, image.Visibility, target);
    }
}
