using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Projects;

/// <summary>/v3/projects/{id}/tags.</summary>
internal sealed class TagRoutes(IdentityParts parts)
{
    private const int MaxTags = 80;
    private static readonly Shape Whole = Shape.Object(Member.Must("tags", ProjectRoutes.Tags));

    public Task<Reply> List(ApiRequest request)
    {
        Authorized(request);
        var tags = parts.Database.Read(tx => ProjectStore.Tags(tx, request[0]));
        return Task.FromResult(Answer(request, tags));
    }

    private static Reply Answer(ApiRequest request, IReadOnlyList<string> tags) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        ProjectJson.WriteTags(json, tags);
        IdentityJson.WriteListLinks(json, request, null);
        json.WriteEndObject();
    });

    public Task<Reply> Show(ApiRequest request)
    {
        Authorized(request);
        if (!parts.Database.Read(tx => ProjectStore.Tags(tx, request[0])).Contains(request[1]))
            throw Fault.NotFound($"Could not find project tag: {request[1].Truncated()}.");
        return Task.FromResult(Reply.Empty());
    }

    public async Task<Reply> Replace(ApiRequest request)
    {
        Authorized(request);
        var body = await request.Body();
        Whole.Check(body, "tags", request.Version);
        var tags = body.GetItems("tags").Select(t => t.GetString()!).Order(StringComparer.Ordinal).ToList();
        await parts.Changes.Write(tx => ProjectStore.SetTags(tx, request[0], tags));
        return Answer(request, tags);
    }

    public async Task<Reply> Add(ApiRequest request)
    {
        Authorized(request);
        var tag = Uri.UnescapeDataString(request[1]);
        if (tag.Length is 0 or > 255 || tag.Contains(','))
            throw Fault.BadRequest($"Invalid input for field 'value': '{tag.Truncated()}': a tag has 1 to 255 characters without ',' and '/'");
        await parts.Changes.Write(tx =>
        {
            var tags = ProjectStore.Tags(tx, request[0]);
            if (tags.Contains(tag)) return;
            if (tags.Count >= MaxTags) throw Fault.BadRequest($"a project has {MaxTags} tags at most; remove one first.");
            ProjectStore.SetTags(tx, request[0], [.. tags, tag]);
        });
        return Reply.Empty(201).With("Location", $"{request.ServiceUrl}/v3/projects/{request[0]}/tags/{Uri.EscapeDataString(tag)}");
    }

    public async Task<Reply> Remove(ApiRequest request)
    {
        Authorized(request);
        await parts.Changes.Write(tx =>
        {
            var gone = tx.Execute($"DELETE FROM identity_project_tags WHERE project_id = {request[0]} AND name = {request[1]}");
            if (gone == 0) throw Fault.NotFound($"Could not find project tag: {request[1].Truncated()}.");
        });
        return Reply.Empty();
    }

    public async Task<Reply> Clear(ApiRequest request)
    {
        Authorized(request);
        await parts.Changes.Write(tx => ProjectStore.SetTags(tx, request[0], []));
        return Reply.Empty();
    }

    private void Authorized(ApiRequest request)
    {
        var project = parts.Database.Read(tx => ProjectStore.FindAny(tx, request[0]));
        request.Authorize(ProjectRoutes.Target(project));
        if (project is null) throw IdentityFault.NotFound("project", request[0]);
        if (!HttpIsRead(request)) ResourceOptions.CheckMutable(project.Options, "project", project.Id);
    }

    private static bool HttpIsRead(ApiRequest request) => request.Http.Request.Method is "GET" or "HEAD";
}
