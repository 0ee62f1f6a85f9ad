using System.Globalization;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Flavors;

/// <summary>Flavors made, described anew, removed: the administrator's part.</summary>
internal sealed class ManageFlavors(CloudParts parts)
{
    private const string IdPattern = @"^(?! )[a-zA-Z0-9. _-]+(?<! )$";

    // A flavor id may be written as a number; it stays a text.
    private static readonly Shape Id = Shape.Either(
        Shape.Null, Shape.Number, Shape.Text(1, 255, IdPattern));

    private static readonly Shape New = Shape.Object(
        Member.Must("name", ComputeShapes.Name),
        Member.May("id", Id),
        Member.Must("ram", Shape.Integer(1, int.MaxValue)),
        Member.Must("vcpus", Shape.Integer(1, int.MaxValue)),
        Member.Must("disk", Shape.Integer(0, int.MaxValue)),
        Member.May("OS-FLV-EXT-DATA:ephemeral", Shape.Integer(0, int.MaxValue)),
        Member.May("swap", Shape.Integer(0, int.MaxValue)),
        Member.May("rxtx_factor", Shape.Either(Shape.Number, Shape.Text(1, 40, @"^[0-9]+(\.[0-9]+)?$"))),
        Member.May("os-flavor-access:is_public", Shape.Flag),
        Member.May("description", ComputeShapes.Description).Since(2, 55));

    private static readonly Shape Change = Shape.Object(Member.Must("description", ComputeShapes.Description));

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("flavor", New);
        var flavor = new FlavorRecord
        {
            Id = body.GetText("id") is { Length: > 0 } id ? id : Guid.NewGuid().ToString(),
            Name = body.GetText("name")!.Trim(),
            RamMib = body.GetLong("ram")!.Value,
            Vcpus = body.GetInt("vcpus")!.Value,
            DiskGib = body.GetLong("disk")!.Value,
            EphemeralGib = body.GetLong("OS-FLV-EXT-DATA:ephemeral") ?? 0,
            SwapMib = body.GetLong("swap") ?? 0,
            RxtxFactor = RxtxFactor(body),
            IsPublic = body.GetFlag("os-flavor-access:is_public") ?? true,
            Description = body.GetText("description"),
        };
        await parts.Database.Write(tx => FlavorStore.Insert(tx, flavor, parts.Time.GetUtcNow()));
        return FlavorJson.One(request, flavor);
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var description = (await request.Body("flavor", Change)).GetText("description");
        var flavor = await parts.Database.Write(tx =>
        {
            var found = FlavorStore.Get(tx, request.Caller, request[0]);
            tx.Execute($"UPDATE flavors SET description = {description}, updated_at = {parts.Time.GetUtcNow()} WHERE id = {found.Id}");
            return found with { Description = description };
        });
        return FlavorJson.One(request, flavor);
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await parts.Database.Write(tx => FlavorStore.Delete(tx, FlavorStore.Get(tx, request.Caller, request[0]).Id));
        return Reply.Empty(202);
    }

    private static double RxtxFactor(JsonElement body)
    {
        if (body.GetText("rxtx_factor") is not { } text) return 1;
        var factor = double.Parse(text, CultureInfo.InvariantCulture);
        return factor > 0 && factor <= 3.40282e+38
            ? factor
            : throw Fault.BadRequest($"Invalid input for field/attribute rxtx_factor. Value: {text.Truncated()}. It must be more than 0 and at most 3.40282e+38");
    }
}
