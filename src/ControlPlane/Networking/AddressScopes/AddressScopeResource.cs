using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;
using Attribute = Cumulet.ControlPlane.Networking.Resources.Attribute;

namespace Cumulet.ControlPlane.Networking.AddressScopes;

internal sealed record AddressScopeRecord(string Id, string ProjectId, string Name, int IpVersion)
{
    public bool Shared { get; init; }
}

/// <summary>Address scopes as the API knows them, and their verbs.</summary>
internal static class AddressScopeResource
{
    public static Fault NotFound(string id) => Fault.NotFound($"Address scope {id} could not be found", "AddressScopeNotFound");

    public static readonly Resource<AddressScopeRecord> Declared = new()
    {
        Name = "address_scope",
        Collection = "address_scopes",
        Attributes =
        [
            Attribute.ReadOnly("id"),
            new Attribute("name", Checks.Text()).Must(),
            new Attribute("ip_version", Checks.Integer(4, 6)).Fixed().Must(),
            new Attribute("shared", Checks.Flag).Or("false"),
            .. Attribute.Ownership,
        ],
        List = new ListQuery
        {
            Select = "SELECT c.id, c.project_id, c.name, c.ip_version FROM address_scopes c",
            From = "address_scopes c",
            Id = "c.id",
            Filters = NetworkFilters.For("c", standard: false).Exact("c", "name").With("ip_version", new Filter.Whole("c.ip_version"))
                .With("shared", NetworkFilters.SharedWithCaller("address_scope", "c.id")),
            SortKeys = NetworkFilters.SortKeys("c", "name").AndBy("c", "ip_version"),
            MaxLimit = 0,
            ReversePages = true,
        },
        Visible = caller => caller.IsAdmin
            ? Sql.Raw("1 = 1")
            : new Sql().Add($"c.project_id = {caller.ProjectId} OR {NetworkStore.SharedTo("address_scope", "c.id", caller.ProjectId)}"),
        Read = row => new AddressScopeRecord(row.Text(), row.Text(), row.Text(), row.Int()),
        Complete = (tx, caller, scopes) =>
        {
            var shared = RbacStore.SharedAmong(tx, "address_scope", [.. scopes.Select(s => s.Id)], caller.ProjectId);
            return [.. scopes.Select(s => s with { Shared = shared.Contains(s.Id) })];
        },
        Id = s => s.Id,
        Target = s => PolicyTarget.OwnedBy(s.ProjectId).AndShared(s.Shared),
        Write = (shown, s) => shown.Text("id", s.Id).Text("name", s.Name).Project(s.ProjectId).Number("ip_version", s.IpVersion).Flag("shared", s.Shared),
        NotFound = NotFound,
    };

    public static AddressScopeRecord Create(Creation creation)
    {
        var scope = new AddressScopeRecord(creation.NewId, creation.ProjectId, creation.Text("name"), creation.Body.GetInt("ip_version")!.Value);
        if (scope.IpVersion == 5) throw NetworkFault.Invalid("ip_version", "'5' is not in [4, 6]");
        creation.Tx.Execute(
            $"INSERT INTO address_scopes (id, project_id, name, ip_version) VALUES ({scope.Id}, {scope.ProjectId}, {scope.Name}, {scope.IpVersion})");
        if (creation.Flag("shared", false)) RbacStore.Grant(creation.Tx, scope.ProjectId, "address_scope", scope.Id, RbacStore.Shared, "*");
        return scope;
    }

    public static AddressScopeRecord Update(Change<AddressScopeRecord> change)
    {
        var scope = change.Current;
        if (change.Body.GetFlag("shared") is { } shared)
        {
            if (scope.Shared && !shared)
                throw Fault.BadRequest($"Unable to update address scope {scope.Id} : Shared address scope can't be unshared.", "AddressScopeUpdateError");
            if (shared) RbacStore.Grant(change.Tx, scope.ProjectId, "address_scope", scope.Id, RbacStore.Shared, "*");
        }
        change.Tx.Execute($"UPDATE address_scopes SET name = {change.Text("name", scope.Name)} WHERE id = {scope.Id}");
        return scope;
    }

    public static void Delete(Removal<AddressScopeRecord> removal)
    {
        var (tx, id) = (removal.Tx, removal.Current.Id);
        if (tx.Exists($"SELECT 1 FROM subnetpools WHERE address_scope_id = {id}"))
            throw Fault.Conflict($"Unable to complete operation on address scope {id}. There are one or more subnet pools in use on the address scope", "AddressScopeInUse");
        tx.Execute($"DELETE FROM address_scopes WHERE id = {id}");
        tx.Execute($"DELETE FROM network_rbac WHERE object_type = 'address_scope' AND object_id = {id}");
    }
}
