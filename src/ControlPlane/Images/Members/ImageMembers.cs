using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Images.Members;

/// <summary>
/// /v2/images/{id}/members: the owner says who may see a shared image, the member whether it wants to. Neither can do the
/// other's part.
/// </summary>
internal sealed class ImageMembers(CloudParts parts)
{
    private const int MaxId = 255;
    private static readonly string[] Statuses = ["pending", "accepted", "rejected"];

    public async Task<Reply> Create(ApiRequest request)
    {
        var memberId = MemberOf(await request.Body());
        var now = parts.Time.GetUtcNow();
        var member = await parts.Database.Write(tx =>
        {
            var image = Shared(tx, request, $"Not allowed to create members for image {request[0].Truncated()}.");
            request.Authorize(ImageAccess.Target(tx, request, image));
            if (MemberStore.Find(tx, image.Id, memberId) is not null)
                throw Fault.Conflict($"Member {memberId} is duplicated for image {image.Id}");
            ImageQuotas.Bound("image members", MemberStore.Of(tx, image.Id).Count + 1, ImageQuotas.MaxMembers);
            var added = new MemberRecord(image.Id, memberId, "pending", now, now);
            MemberStore.Insert(tx, added);
            return added;
        });
        return Reply.Ok(json => Write(json, member));
    }

    public Task<Reply> List(ApiRequest request)
    {
        var members = parts.Database.Read(tx =>
        {
            var image = Shared(tx, request, $"Not allowed to list members for image {request[0].Truncated()}: Only shared images have members.");
            request.Authorize(ImageAccess.Target(tx, request, image));
            var all = MemberStore.Of(tx, image.Id);
            // A member sees itself, not whom else the owner shares with.
            return SeesAll(request, image) ? all : all.FindAll(m => m.MemberId == request.Caller.ProjectId);
        });
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("members");
            foreach (var member in members) Write(json, member);
            json.WriteEndArray();
            json.WriteString("schema", "/v2/schemas/members");
            json.WriteEndObject();
        }));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var member = parts.Database.Read(tx =>
        {
            var image = Image(tx, request);
            if (image.Visibility != "shared") throw Fault.NotFound("Only shared images have members.");
            var target = ImageAccess.Target(tx, request, image);
            // Who may not know learns nothing: not found instead of forbidden.
            if (!request.Allows("get_member", target)) throw NotAMember(request);
            request.Authorize(target);
            return Member(tx, request, image);
        });
        return Task.FromResult(Reply.Ok(json => Write(json, member)));
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body();
        if (body.ValueKind != JsonValueKind.Object) throw Fault.BadRequest("Expected a status in the form: {\"status\": \"status\"}");
        if (!body.Has("status")) throw Fault.BadRequest("Status not specified");
        var status = body.GetText("status");
        var member = await parts.Database.Write(tx =>
        {
            var image = Shared(tx, request, $"Not allowed to update members for image {request[0].Truncated()}.");
            var found = Member(tx, request, image);
            // The policy asks whether the caller is this very member.
            var target = ImageAccess.Target(tx, request, image);
            target["member_id"] = found.MemberId;
            request.Authorize(target);
            if (!Statuses.Contains(status))
                throw Fault.BadRequest("Incorrect request: Status must be \"pending\", \"accepted\" or \"rejected\".");
            var updated = found with { Status = status!, UpdatedAt = parts.Time.GetUtcNow() };
            MemberStore.SetStatus(tx, updated);
            return updated;
        });
        return Reply.Ok(json => Write(json, member));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await parts.Database.Write(tx =>
        {
            var image = Shared(tx, request, $"Not allowed to delete members for image {request[0].Truncated()}.");
            request.Authorize(ImageAccess.Target(tx, request, image));
            MemberStore.Delete(tx, Member(tx, request, image));
        });
        return Reply.Empty();
    }

    private static ImageRecord Image(Tx tx, ApiRequest request) =>
        ImageAccess.Seen(tx, request, request[0], id => $"Image {id} not found.");

    private static ImageRecord Shared(Tx tx, ApiRequest request, string refusal)
    {
        var image = Image(tx, request);
        return image.Visibility == "shared" ? image : throw Fault.Forbidden(refusal);
    }

    private static MemberRecord Member(Tx tx, ApiRequest request, ImageRecord image)
    {
        var mayKnow = SeesAll(request, image) || request[1] == request.Caller.ProjectId;
        return (mayKnow ? MemberStore.Find(tx, image.Id, request[1]) : null) ?? throw NotAMember(request);
    }

    private static bool SeesAll(ApiRequest request, ImageRecord image) =>
        request.Caller.IsAdmin || image.OwnerProjectId == request.Caller.ProjectId;

    private static Fault NotAMember(ApiRequest request) =>
        Fault.NotFound($"{request[1].Truncated()} not found in the member list of the image {request[0].Truncated()}.");

    private static string MemberOf(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object) throw Fault.BadRequest("Expected a member in the form: {\"member\": \"image_id\"}");
        if (!body.TryGetProperty("member", out var member)) throw Fault.BadRequest("Member to be added not specified");
        if (member.ValueKind != JsonValueKind.String || member.GetString() is not { Length: > 0 } id)
            throw Fault.BadRequest("Member can't be empty");
        return id.Length <= MaxId ? id : throw Fault.BadRequest($"The member '{id.Truncated()}' is too long; {MaxId} characters at most.");
    }

    private static void Write(Utf8JsonWriter json, MemberRecord member)
    {
        json.WriteStartObject();
        json.WriteString("member_id", member.MemberId);
        json.WriteString("image_id", member.ImageId);
        json.WriteString("status", member.Status);
        json.WriteString("created_at", TimeText.Seconds(member.CreatedAt));
        json.WriteString("updated_at", TimeText.Seconds(member.UpdatedAt));
        json.WriteString("schema", "/v2/schemas/member");
        json.WriteEndObject();
    }
}
