using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Placement;

/// <summary>
/// What providers have. The vcpus, memory and disk of this cloud's hosts come from the machines and are read-only here; other
/// classes may be put beside them.
/// </summary>
internal sealed class Inventories(Desk desk)
{
    private static readonly string[] OfMachines = ["VCPU", "MEMORY_MB", "DISK_GB"];

    private static readonly Member[] Figures =
    [
        Member.Must("total", Shape.Integer(1, int.MaxValue)),
        Member.May("reserved", Shape.Integer(0, int.MaxValue)),
        Member.May("min_unit", Shape.Integer(1, int.MaxValue)),
        Member.May("max_unit", Shape.Integer(1, int.MaxValue)),
        Member.May("step_size", Shape.Integer(1, int.MaxValue)),
        Member.May("allocation_ratio", Shape.Number),
    ];

    private static readonly Member Generation = Member.Must("resource_provider_generation", Shape.Integer(0));
    private static readonly Member ClassName = Member.Must("resource_class", Shape.Text(1, 255, "^[A-Z0-9_]+$"));
    private static readonly Shape New = Shape.Object([.. Figures, ClassName, Member.May("resource_provider_generation", Shape.Integer(0))]);
    private static readonly Shape One = Shape.Object([.. Figures, Generation]);

    internal static readonly Shape All = Shape.Object(Generation,
        Member.Must("inventories", Shape.Map("^[A-Z0-9_]+$", Shape.Object([.. Figures]))));

    public Task<Reply> List(ApiRequest request) => Task.FromResult(AllOf(request, desk.Read().Get(request[0])));

    public Task<Reply> Show(ApiRequest request)
    {
        var provider = desk.Read().Get(request[0]);
        return provider.Inventories.TryGetValue(request[1], out var inventory)
            ? Task.FromResult(OneOf(request, provider, inventory))
            : throw Fault.NotFound($"No inventory of class {request[1].Truncated()} for {provider.Id}");
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body();
        New.Check(body, "body", request.Version);
        var name = body.GetText("resource_class")!;
        var provider = await desk.Write((tx, ledger) =>
        {
            var found = ledger.Get(request[0]);
            var words = $"Unable to create inventory for resource provider {found.Id}";
            if (found.Inventories.ContainsKey(name)) throw PlacementReply.Conflict($"Update conflict: {name} has an inventory already.");
            if (!ledger.KnowsClass(name)) throw Fault.BadRequest($"{words}: No such resource class {name.Truncated()}.");
            RequireFree(found, name);
            PlacementStore.SetInventory(tx, found.Id, name, Read(request, body, found, name, words));
            PlacementStore.Touch(tx, found.Id);
            return desk.Load(tx).Get(found.Id);
        });
        return OneOf(request, provider, provider.Inventories[name], 201)
            .With("Location", $"{request.ServiceUrl}/resource_providers/{provider.Id}/inventories/{name}");
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body();
        One.Check(body, "body", request.Version);
        var provider = await desk.Write((tx, ledger) =>
        {
            var found = ledger.Get(request[0]);
            RequireGeneration(found, body.GetLong("resource_provider_generation")!.Value);
            RequireFree(found, request[1]);
            if (!found.Inventories.ContainsKey(request[1]))
                throw Fault.BadRequest($"No inventory record with resource class {request[1].Truncated()} for resource provider {found.Id}.");
            var inventory = Read(request, body, found, request[1], $"Unable to update inventory for resource provider {found.Id}");
            PlacementStore.SetInventory(tx, found.Id, request[1], inventory);
            PlacementStore.Touch(tx, found.Id);
            return desk.Load(tx).Get(found.Id);
        });
        return OneOf(request, provider, provider.Inventories[request[1]]);
    }

    public async Task<Reply> Replace(ApiRequest request)
    {
        var body = await request.Body();
        All.Check(body, "body", request.Version);
        return AllOf(request, await desk.Write((tx, ledger) =>
        {
            var found = ledger.Get(request[0]);
            RequireGeneration(found, body.GetLong("resource_provider_generation")!.Value);
            Replace(tx, request, ledger, found, body.GetProperty("inventories"), keepUsed: true);
            return desk.Load(tx).Get(found.Id);
        }));
    }

    /// <param name="keepUsed">Refuse to take away what is in use; the reshaper moves the use as well and looks at the end.</param>
    internal static void Replace(Tx tx, ApiRequest request, Ledger ledger, Provider provider, JsonElement wanted, bool keepUsed)
    {
        var names = wanted.EnumerateObject().Select(m => m.Name).ToList();
        if (names.Find(n => !ledger.KnowsClass(n)) is { } unknown)
            throw Fault.BadRequest($"Unknown resource class in inventory for resource provider {provider.Id}: No such resource class {unknown.Truncated()}.");
        foreach (var gone in provider.Inventories.Keys.Except(names).ToList())
        {
            RequireFree(provider, gone);
            if (keepUsed) RequireUnused(provider, gone, "update conflict: ");
            PlacementStore.DeleteInventory(tx, provider.Id, gone);
        }
        foreach (var member in wanted.EnumerateObject())
        {
            var inventory = Read(request, member.Value, provider, member.Name, $"Unable to update inventory for resource provider {provider.Id}");
            // A host's own figures may be repeated as they are: what a caller read it may send back.
            if (IsOfMachine(provider, member.Name) && provider.Inventories[member.Name] == inventory) continue;
            RequireFree(provider, member.Name);
            PlacementStore.SetInventory(tx, provider.Id, member.Name, inventory);
        }
        PlacementStore.Touch(tx, provider.Id);
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await desk.Write((tx, ledger) =>
        {
            var found = ledger.Get(request[0]);
            if (!found.Inventories.ContainsKey(request[1]))
                throw Fault.NotFound($"No inventory of class {request[1].Truncated()} found for delete: No inventory of class {request[1].Truncated()} found.");
            RequireFree(found, request[1]);
            RequireUnused(found, request[1], $"Unable to delete inventory of class {request[1]}: ");
            PlacementStore.DeleteInventory(tx, found.Id, request[1]);
            PlacementStore.Touch(tx, found.Id);
            return true;
        });
        return Reply.Empty();
    }

    public async Task<Reply> DeleteAll(ApiRequest request)
    {
        await desk.Write((tx, ledger) =>
        {
            var found = ledger.Get(request[0]);
            foreach (var name in found.Inventories.Keys)
            {
                RequireFree(found, name);
                RequireUnused(found, name, "");
                PlacementStore.DeleteInventory(tx, found.Id, name);
            }
            PlacementStore.Touch(tx, found.Id);
            return true;
        });
        return Reply.Empty();
    }

    internal static void RequireGeneration(Provider provider, long generation)
    {
        if (generation != provider.Generation) throw PlacementReply.Conflict("resource provider generation conflict");
    }

    private static bool IsOfMachine(Provider provider, string name) => provider.IsHost && OfMachines.Contains(name);

    private static void RequireFree(Provider provider, string name)
    {
        if (IsOfMachine(provider, name))
            throw Fault.Conflict($"Inventory of class {name} of resource provider {provider.Id} is what the compute host {provider.Name} has; it changes with the machine.",
                "placement.inventory.inuse");
    }

    private static void RequireUnused(Provider provider, string name, string words)
    {
        if (provider.Used(name) > 0)
            throw Fault.Conflict($"{words}Inventory for '{name}' on resource provider '{provider.Id}' in use.", "placement.inventory.inuse");
    }

    private static Inventory Read(ApiRequest request, JsonElement body, Provider provider, string name, string words)
    {
        var ratio = body.Get("allocation_ratio")?.GetDouble() ?? 1;
        var inventory = new Inventory(body.GetLong("total")!.Value, body.GetLong("reserved") ?? 0, body.GetLong("min_unit") ?? 1,
            body.GetLong("max_unit") ?? int.MaxValue, body.GetLong("step_size") ?? 1, ratio);
        if (!double.IsFinite(ratio) || ratio is <= 0 or > 3.40282e+38)
            throw Fault.BadRequest($"JSON does not validate: {ratio} is not a valid allocation_ratio: it must be more than 0");
        // Since 1.26 all of it may be reserved.
        var least = request.At(1, 26) ? inventory.Capacity < 0 : inventory.Capacity <= 0;
        if (least)
            throw Fault.BadRequest($"{words}: Invalid inventory for '{name}' on resource provider '{provider.Id}'. The reserved value is greater than "
                + (request.At(1, 26) ? "total." : "or equal to total."));
        return inventory;
    }

    private Reply AllOf(ApiRequest request, Provider provider) => PlacementReply.Json(request, desk.Now, json =>
    {
        json.WriteNumber("resource_provider_generation", provider.Generation);
        json.WriteStartObject("inventories");
        foreach (var (name, inventory) in provider.Inventories)
        {
            json.WriteStartObject(name);
            Write(json, inventory);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    });

    private Reply OneOf(ApiRequest request, Provider provider, Inventory inventory, int status = 200) => PlacementReply.Json(request, desk.Now, json =>
    {
        Write(json, inventory);
        json.WriteNumber("resource_provider_generation", provider.Generation);
    }, status);

    private static void Write(Utf8JsonWriter json, Inventory inventory)
    {
        json.WriteNumber("total", inventory.Total);
        json.WriteNumber("reserved", inventory.Reserved);
        json.WriteNumber("min_unit", inventory.MinUnit);
        json.WriteNumber("max_unit", inventory.MaxUnit);
        json.WriteNumber("step_size", inventory.StepSize);
        json.WritePropertyName("allocation_ratio");
        json.WriteRawValue(FloatText.Of(inventory.Ratio));
    }
}
