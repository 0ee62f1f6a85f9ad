using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Images;

/// <summary>PATCH /v2/images/{id}: all of the changes in order, or none.</summary>
internal sealed class UpdateImage(CloudParts parts)
{
    public async Task<Reply> Handle(ApiRequest request)
    {
        var changes = ImagePatch.Parse(request.Http.Request.ContentType, await request.Body());
        var image = await parts.Database.Write(tx =>
        {
            var before = ImageAccess.Allowed(tx, request, request[0]);
            var target = ImageAccess.Target(tx, request, before);
            var after = changes.Aggregate(before, (current, change) => Apply(request, current, change, target));
            if (changes.Count == 0) return before;
            ImageQuotas.RequireDetails(after);
            after = after with { UpdatedAt = parts.Time.GetUtcNow() };
            ImageStore.UpdateAttributes(tx, after);
            return after;
        });
        return Reply.Ok(json => ImageJson.Write(json, image));
    }

    private static ImageRecord Apply(ApiRequest request, ImageRecord image, ImageChange change, PolicyTarget target)
    {
        var name = change.Attribute;
        var isAttribute = ImageAttributes.Writable.Contains(name);
        var isThere = isAttribute || image.Properties.ContainsKey(name);
        switch (change)
        {
            case ImageChange.Remove:
                if (isAttribute) throw Fault.Forbidden($"Property {name} may not be removed.");
                if (!isThere) throw Fault.Conflict($"Property {name.Truncated()} does not exist.");
                return image with { Properties = Without(image.Properties, name) };
            case ImageChange.Replace when !isThere:
                throw Fault.Conflict($"Property {name.Truncated()} does not exist.");
            case ImageChange.Add { OnlyNew: true } when isThere:
                throw Fault.Conflict($"Property {name} already present.");
        }
        if (name == "owner" && !request.Caller.IsAdmin) throw Fault.Forbidden("Owner can't be updated by non admin.");
        if (name == "visibility") ImageAccess.AuthorizeVisibility(request, change.Value.GetString()!, target);
        return isAttribute ? Set(image, name, change) : image with { Properties = With(image.Properties, name, change.Value.GetString()!) };
    }

    private static ImageRecord Set(ImageRecord image, string name, ImageChange change)
    {
        var value = change.Value;
        string? Text() => value.ValueKind == System.Text.Json.JsonValueKind.Null ? null : value.GetString();
        if (name is "disk_format" or "container_format" && image.Status is not (ImageStatus.Queued or ImageStatus.Importing))
            throw Fault.Forbidden($"Attribute {name} can be only replaced for a queued image.");
        return name switch
        {
            "name" => image with { Name = Text() },
            "visibility" => image with { Visibility = value.GetString()! },
            "protected" => image with { Protected = value.GetBoolean() },
            "os_hidden" => image with { Hidden = value.GetBoolean() },
            "owner" => image with { OwnerProjectId = Text() },
            "container_format" => image with { ContainerFormat = Text() },
            "disk_format" => image with { DiskFormat = Text() },
            "min_disk" => image with { MinDiskGib = value.GetInt64() },
            "min_ram" => image with { MinRamMib = value.GetInt64() },
            _ => image with { Tags = [.. value.EnumerateArray().Select(t => t.GetString()!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] },
        };
    }

    private static Dictionary<string, string> With(IReadOnlyDictionary<string, string> properties, string name, string value) =>
        new(properties, StringComparer.Ordinal) { [name] = value };

    private static Dictionary<string, string> Without(IReadOnlyDictionary<string, string> properties, string name)
    {
        var rest = new Dictionary<string, string>(properties, StringComparer.Ordinal);
        rest.Remove(name);
        return rest;
    }
}
