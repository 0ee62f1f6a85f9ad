using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Images;

/// <summary>Finds the image a request is about and asks the policies about it, always with the row's own owner.</summary>
internal static class ImageAccess
{
    /// <summary>The image if the caller sees it and may do what the route names: 404 where it is not seen, 403 where it is.</summary>
    public static ImageRecord Allowed(Tx tx, ApiRequest request, string id, Func<string, string>? notFound = null)
    {
        var image = Seen(tx, request, id, notFound);
        request.Authorize(Target(tx, request, image));
        return image;
    }

    /// <summary>The image if the caller sees it; the route's policy is still to be asked.</summary>
    public static ImageRecord Seen(Tx tx, ApiRequest request, string id, Func<string, string>? notFound = null)
    {
        var image = ImageStore.Find(tx, request.Caller, id);
        if (image is null || !request.Allows("get_image", Target(tx, request, image)))
            throw Fault.NotFound((notFound ?? Missing)(id.Truncated()));
        return image;
    }

    public static string Missing(string id) => $"No image found with ID {id}";

    /// <summary>
    /// <c>member_id</c> is the caller's project where the image is shared with it, so that the policies' condition on it
    /// says what it means.
    /// </summary>
    public static PolicyTarget Target(Tx tx, ApiRequest request, ImageRecord image)
    {
        var target = PolicyTarget.OwnedBy(image.OwnerProjectId);
        target["owner"] = image.OwnerProjectId;
        target["visibility"] = image.Visibility;
        var project = request.Caller.ProjectId;
        target["member_id"] = project is not null && image.Visibility == "shared"
            && tx.Exists($"SELECT 1 FROM image_members WHERE image_id = {image.Id} AND member_id = {project}")
                ? project
                : null;
        return target;
    }

    /// <summary>Making an image public or giving it to the community has a policy of its own.</summary>
    public static void AuthorizeVisibility(ApiRequest request, string visibility, PolicyTarget target)
    {
        if (visibility == "public") request.Authorize("publicize_image", target);
        if (visibility == "community") request.Authorize("communitize_image", target);
    }
}
