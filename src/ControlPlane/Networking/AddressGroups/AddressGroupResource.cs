using System.Net;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;
using Attribute = Cumulet.ControlPlane.Networking.Resources.Attribute;

namespace Cumulet.ControlPlane.Networking.AddressGroups;

internal sealed record AddressGroupRecord
{
    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required string Name { get; init; }
    public required string Description { get; init; }
    public required IReadOnlyList<string> Addresses { get; init; }
    public long Revision { get; init; } = 1;
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public bool Shared { get; init; }
}

/// <summary>Named sets of addresses that security group rules refer to, and their verbs.</summary>
internal static class AddressGroupResource
{
    public static Fault NotFound(string id) => Fault.NotFound($"Address group {id} could not be found.", "AddressGroupNotFound");

    public static readonly Resource<AddressGroupRecord> Declared = new()
    {
        Name = "address_group",
        Collection = "address_groups",
        Attributes =
        [
            Attribute.ReadOnly("id"), Attribute.ReadOnly("shared"), Attribute.ReadOnly("created_at"), Attribute.ReadOnly("updated_at"),
            Attribute.ReadOnly("revision_number"),
            new Attribute("name", Checks.Text()).Or("\"\""),
            new Attribute("description", Checks.Text()).Or("\"\""),
            new Attribute("addresses", Checks.List(Address)).Fixed().Or("[]"),
            .. Attribute.Ownership,
        ],
        List = new ListQuery
        {
            Select = "SELECT d.id, d.project_id, d.name, d.description, d.addresses, d.revision, d.created_at, d.updated_at FROM address_groups d",
            From = "address_groups d",
            Id = "d.id",
            Filters = NetworkFilters.For("d").Exact("d", "name").With("shared", NetworkFilters.SharedWithCaller("address_group", "d.id")),
            SortKeys = NetworkFilters.SortKeys("d", "name", "description").AndBy("d", "created_at", "updated_at"),
            MaxLimit = 0,
            ReversePages = true,
        },
        Visible = caller => caller.IsAdmin
            ? Sql.Raw("1 = 1")
            : new Sql().Add($"d.project_id = {caller.ProjectId} OR {NetworkStore.SharedTo("address_group", "d.id", caller.ProjectId)}"),
        Read = row => new AddressGroupRecord
        {
            Id = row.Text(),
            ProjectId = row.Text(),
            Name = row.Text(),
            Description = row.Text(),
            Addresses = Words.Split(row.Text()),
            Revision = row.Long(),
            CreatedAt = row.Time(),
            UpdatedAt = row.Time(),
        },
        Complete = (tx, caller, groups) =>
        {
            var shared = RbacStore.SharedAmong(tx, "address_group", [.. groups.Select(g => g.Id)], caller.ProjectId);
            return [.. groups.Select(g => g with { Shared = shared.Contains(g.Id) })];
        },
        Id = g => g.Id,
        Revision = g => g.Revision,
        Target = g => PolicyTarget.OwnedBy(g.ProjectId).AndShared(g.Shared),
        Write = Write,
        NotFound = NotFound,
    };

    private static void Write(Shown shown, AddressGroupRecord g) => shown
        .Text("id", g.Id).Text("name", g.Name).Project(g.ProjectId).Texts("addresses", g.Addresses).Flag("shared", g.Shared)
        .Text("description", g.Description).Text("created_at", TimeText.Seconds(g.CreatedAt)).Text("updated_at", TimeText.Seconds(g.UpdatedAt))
        .Number("revision_number", g.Revision);

    private static string? Address(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && TryCanonical(value.GetString()!, out _) ? null : $"'{Checks.Show(value)}' is not a valid IP address or subnet";

    private static bool TryCanonical(string text, out string cidr)
    {
        cidr = "";
        if (IpNumber.TryAddress(text, out var address)) cidr = $"{address}/{IpNumber.Bits(IpNumber.Version(address))}";
        else if (IpNumber.TryCidr(text, out var network, out _)) cidr = network.ToString();
        return cidr.Length > 0;
    }

    private static List<string> Asked(JsonElement body)
    {
        if (body.Get("addresses") is { } given && Checks.List(Address)(given) is { } reason) throw NetworkFault.Invalid("addresses", reason);
        return [.. body.GetItems("addresses").Select(a => TryCanonical(a.GetString()!, out var cidr) ? cidr : "").Distinct()];
    }

    public static AddressGroupRecord Create(Creation creation)
    {
        var group = new AddressGroupRecord
        {
            Id = creation.NewId,
            ProjectId = creation.ProjectId,
            Name = creation.Text("name"),
            Description = creation.Text("description"),
            Addresses = Asked(creation.Body),
            CreatedAt = creation.Now,
            UpdatedAt = creation.Now,
        };
        creation.Tx.Execute(
            $"""
            INSERT INTO address_groups (id, project_id, name, description, addresses, revision, created_at, updated_at)
            VALUES ({group.Id}, {group.ProjectId}, {group.Name}, {group.Description}, {Words.Join(group.Addresses)}, {group.Revision}, {group.CreatedAt}, {group.UpdatedAt})
            """);
        return group;
    }

    public static AddressGroupRecord Update(Change<AddressGroupRecord> change) => Save(change.Tx, change.Current with
    {
        Name = change.Text("name", change.Current.Name),
        Description = change.Text("description", change.Current.Description),
        UpdatedAt = change.Now,
    });

    private static AddressGroupRecord Save(Tx tx, AddressGroupRecord g)
    {
        tx.Execute(
            $"UPDATE address_groups SET name = {g.Name}, description = {g.Description}, addresses = {Words.Join(g.Addresses)}, revision = revision + 1, updated_at = {g.UpdatedAt} WHERE id = {g.Id}");
        return g with { Revision = g.Revision + 1 };
    }

    public static void Delete(Removal<AddressGroupRecord> removal)
    {
        var (tx, id) = (removal.Tx, removal.Current.Id);
        if (tx.Exists($"SELECT 1 FROM security_group_rules WHERE remote_address_group_id = {id}"))
            throw Fault.Conflict($"Address group {id} is in use on one or more security group rules.", "AddressGroupInUse");
        tx.Execute($"DELETE FROM address_groups WHERE id = {id}");
        tx.Execute($"DELETE FROM network_rbac WHERE object_type = 'address_group' AND object_id = {id}");
    }

    // The addresses stand in the body itself, or in the group's member as in a change of it.
    private static List<string> AskedOf(JsonElement body)
    {
        var place = body.Get("address_group") ?? body;
        return place.Get("addresses") is not null ? Asked(place) : throw NetworkFault.BadRequest("Unable to find 'addresses' in request body");
    }

    public static AddressGroupRecord AddAddresses(Change<AddressGroupRecord> change)
    {
        var asked = AskedOf(change.Body);
        var twice = asked.Where(change.Current.Addresses.Contains).ToList();
        if (twice.Count > 0)
            throw Fault.BadRequest($"Addresses {string.Join(", ", twice)} already exist in the address group {change.Current.Id}.", "AddressesAlreadyExist");
        return Save(change.Tx, change.Current with { Addresses = [.. change.Current.Addresses, .. asked], UpdatedAt = change.Now });
    }

    public static AddressGroupRecord RemoveAddresses(Change<AddressGroupRecord> change)
    {
        var asked = AskedOf(change.Body);
        var missing = asked.Where(a => !change.Current.Addresses.Contains(a)).ToList();
        if (missing.Count > 0)
            throw Fault.NotFound($"Addresses {string.Join(", ", missing)} not found in the address group {change.Current.Id}.", "AddressesNotFound");
        return Save(change.Tx, change.Current with { Addresses = [.. change.Current.Addresses.Where(a => !asked.Contains(a))], UpdatedAt = change.Now });
    }
}
