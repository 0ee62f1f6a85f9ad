using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Placement;

/// <summary>
/// What a consumer shall have, in whichever of the forms the microversions know: a list up to 1.11, an object since; project and
/// user since 1.8, the consumer's generation since 1.28, mappings (which say nothing here) since 1.34, its type since 1.38.
/// </summary>
/// <param name="Generation">Null: the caller knows of no such consumer.</param>
/// <param name="Guarded">The microversion has generations.</param>
internal sealed record AllocationWish(
    string ConsumerId, IReadOnlyList<Allocation> Allocations, string? ProjectId, string? UserId, string? Type, long? Generation, bool Guarded)
{
    /// <summary>Whose allocations are, where older microversions do not say.</summary>
    private const string Unknown = "00000000-0000-0000-0000-000000000000";

    private static readonly Shape Resources = Shape.Map("^[A-Z0-9_]+$", Shape.Integer(1, int.MaxValue));

    private static readonly Shape OldList = Shape.List(Shape.Object(
        Member.Must("resource_provider", Shape.Object(Member.Must("uuid", Shape.Uuid))), Member.Must("resources", Resources)), min: 1);

    private static readonly Shape Map = Shape.Map("^[0-9a-fA-F-]{36}$",
        Shape.Object(Member.Must("resources", Resources), Member.May("generation", Shape.Integer())));

    private static readonly Shape Owner = Shape.Text(1, 255);
    private static readonly Shape Generations = Shape.OrNull(Shape.Integer());

    internal static readonly Shape Body = Shape.Object(
        Member.Must("allocations", OldList).Until(1, 11), Member.Must("allocations", Map).Since(1, 12),
        Member.Must("project_id", Owner).Since(1, 8), Member.Must("user_id", Owner).Since(1, 8),
        Member.Must("consumer_generation", Generations).Since(1, 28),
        Member.May("mappings", Shape.Map("^[a-zA-Z0-9_-]{0,64}$", Shape.List(Shape.Uuid, min: 1))).Since(1, 34),
        Member.Must("consumer_type", Shape.Text(1, 255, "^[A-Z0-9_]+$")).Since(1, 38));

    private static readonly Shape Many = Shape.Map("^[0-9a-fA-F-]{36}$", Body);

    public static AllocationWish Read(ApiRequest request, string consumerId, JsonElement body)
    {
        Body.Check(body, "body", request.Version);
        var allocations = body.GetProperty("allocations");
        if (allocations.ValueKind == JsonValueKind.Object && !request.At(1, 28) && allocations.GetPropertyCount() == 0 && request.Route.Method == "PUT")
            throw Fault.BadRequest("JSON does not validate: {} does not have enough properties");
        return new AllocationWish(consumerId, [.. Flatten(consumerId, allocations)], body.GetText("project_id"), body.GetText("user_id"),
            body.GetText("consumer_type"), body.GetLong("consumer_generation"), request.At(1, 28));
    }

    public static List<AllocationWish> ReadMany(ApiRequest request, JsonElement body)
    {
        Many.Check(body, "body", request.Version);
        if (body.GetPropertyCount() == 0 && request.Route.Pattern == "allocations")
            throw Fault.BadRequest("JSON does not validate: {} does not have enough properties");
        return [.. body.EnumerateObject().Select(m => Read(request, Canonical(m.Name), m.Value))];
    }

    public Consumer Next(Consumer? present) => new(ConsumerId, ProjectId ?? present?.ProjectId ?? Unknown, UserId ?? present?.UserId ?? Unknown,
        Type ?? present?.Type, present is null ? 1 : present.Generation + 1, false);

    private static IEnumerable<Allocation> Flatten(string consumerId, JsonElement allocations)
    {
        var providers = allocations.ValueKind == JsonValueKind.Array
            ? allocations.EnumerateArray().Select(a => (Id: a.GetProperty("resource_provider").GetText("uuid")!, Resources: a.GetProperty("resources")))
            : allocations.EnumerateObject().Select(m => (Id: m.Name, Resources: m.Value.GetProperty("resources")));
        foreach (var (id, resources) in providers)
        {
            if (resources.GetPropertyCount() == 0) throw Fault.BadRequest("JSON does not validate: {} does not have enough properties");
            foreach (var resource in resources.EnumerateObject())
                yield return new Allocation(consumerId, Canonical(id), resource.Name, resources.GetLong(resource.Name)!.Value);
        }
    }

    private static string Canonical(string id) => Guid.TryParse(id, out var guid)
        ? guid.ToString()
        : throw Fault.BadRequest($"JSON does not validate: '{id.Truncated()}' is not a 'uuid'");
}
