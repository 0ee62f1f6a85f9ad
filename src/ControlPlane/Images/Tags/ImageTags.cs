using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Images.Tags;

/// <summary>PUT and DELETE /v2/images/{id}/tags/{tag}.</summary>
internal sealed class ImageTags(CloudParts parts)
{
    private const int MaxLength = 255;

    public async Task<Reply> Add(ApiRequest request)
    {
        var tag = request[1];
        if (tag.Length > MaxLength)
            throw Fault.BadRequest($"Provided object does not match schema 'image': the tag '{tag.Truncated()}' is too long; {MaxLength} characters at most");
        await parts.Database.Write(tx =>
        {
            var image = ImageAccess.Allowed(tx, request, request[0], Missing);
            if (image.Tags.Contains(tag)) return;
            ImageQuotas.Bound("image tags", image.Tags.Count + 1, ImageQuotas.MaxTags);
            tx.Execute($"INSERT INTO image_tags (image_id, value) VALUES ({image.Id}, {tag})");
            tx.Execute($"UPDATE images SET updated_at = {parts.Time.GetUtcNow()} WHERE id = {image.Id}");
        });
        return Reply.Empty();
    }

    public async Task<Reply> Remove(ApiRequest request)
    {
        await parts.Database.Write(tx =>
        {
            var image = ImageAccess.Allowed(tx, request, request[0], Missing);
            if (tx.Execute($"DELETE FROM image_tags WHERE image_id = {image.Id} AND value = {request[1]}") == 0)
                throw Fault.NotFound("The resource could not be found.");
            tx.Execute($"UPDATE images SET updated_at = {parts.Time.GetUtcNow()} WHERE id = {image.Id}");
        });
        return Reply.Empty();
    }

    private static string Missing(string id) => $"Image {id} not found.";
}
