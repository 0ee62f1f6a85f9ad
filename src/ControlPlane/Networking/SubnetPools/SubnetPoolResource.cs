using System.Net;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.AddressScopes;
using Cumulet.ControlPlane.Networking.Quotas;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;
using Attribute = Cumulet.ControlPlane.Networking.Resources.Attribute;

namespace Cumulet.ControlPlane.Networking.SubnetPools;

/// <summary>Subnet pools as the API knows them, and their verbs.</summary>
internal static class SubnetPoolResource
{
    public static Fault NotFound(string id) => Fault.NotFound($"Subnet pool {id} could not be found.", "SubnetPoolNotFound");

    public static readonly Resource<SubnetPoolRecord> Declared = new()
    {
        Name = "subnetpool",
        Collection = "subnetpools",
        Attributes =
        [
            Attribute.ReadOnly("id"), Attribute.ReadOnly("ip_version"), Attribute.ReadOnly("created_at"), Attribute.ReadOnly("updated_at"),
            Attribute.ReadOnly("revision_number"),
            new Attribute("name", Checks.NotBlankText).Must(),
            new Attribute("description", Checks.Text()).Or("\"\""),
            new Attribute("prefixes", Checks.List(Checks.Cidr)).Must(),
            new Attribute("default_prefixlen", Checks.Integer(0)),
            new Attribute("min_prefixlen", Checks.Integer(0)),
            new Attribute("max_prefixlen", Checks.Integer(0)),
            new Attribute("default_quota", Checks.OrNull(Checks.Integer(0))),
            new Attribute("address_scope_id", Checks.OrNull(Checks.Uuid)),
            new Attribute("is_default", Checks.Flag).Or("false"),
            new Attribute("shared", Checks.Flag).Fixed().Or("false"),
            Attribute.Tags,
            .. Attribute.Ownership,
        ],
        List = new ListQuery
        {
            Select = SubnetPoolStore.Columns,
            From = "subnetpools o",
            Id = "o.id",
            Filters = NetworkFilters.For("o").Exact("o", "name", "address_scope_id")
                .With("ip_version", new Filter.Whole("o.ip_version")).With("is_default", new Filter.Flag("o.is_default"))
                .With("default_prefixlen", new Filter.Whole("o.default_prefixlen")).With("min_prefixlen", new Filter.Whole("o.min_prefixlen"))
                .With("max_prefixlen", new Filter.Whole("o.max_prefixlen")).With("default_quota", new Filter.Whole("o.default_quota"))
                .With("shared", NetworkFilters.SharedWithCaller("subnetpool", "o.id")),
            SortKeys = NetworkFilters.SortKeys("o", "name", "address_scope_id")
                .AndBy("o", "ip_version", "is_default", "default_prefixlen", "min_prefixlen", "max_prefixlen", "created_at", "updated_at"),
            MaxLimit = 0,
            ReversePages = true,
        },
        Visible = SubnetPoolStore.Visible,
        Read = SubnetPoolStore.Read,
        Complete = SubnetPoolStore.Complete,
        Id = p => p.Id,
        Revision = p => p.Revision,
        Target = p => PolicyTarget.OwnedBy(p.ProjectId).AndShared(p.Shared),
        Write = Write,
        NotFound = NotFound,
    };

    private static void Write(Shown shown, SubnetPoolRecord p) => shown
        .Text("id", p.Id).Text("name", p.Name).Project(p.ProjectId).Texts("prefixes", p.Prefixes.Select(x => x.ToString()))
        .Number("default_quota", p.DefaultQuota).Text("address_scope_id", p.AddressScopeId).Number("ip_version", p.IpVersion)
        .Text("min_prefixlen", $"{p.MinPrefixLength}").Text("max_prefixlen", $"{p.MaxPrefixLength}")
        .Text("default_prefixlen", $"{p.DefaultPrefixLength}").Flag("is_default", p.IsDefault).Flag("shared", p.Shared)
        .Standard(p.Description, p.Tags, p.CreatedAt, p.UpdatedAt, p.Revision);

    public static SubnetPoolRecord Create(Creation creation)
    {
        var (tx, body) = (creation.Tx, creation.Body);
        QuotaStore.Claim(tx, creation.ProjectId, "subnetpool");
        var prefixes = Prefixes(body);
        var version = IpNumber.Version(prefixes[0].BaseAddress);
        var min = body.GetInt("min_prefixlen") ?? (version == 4 ? 8 : 64);
        var pool = new SubnetPoolRecord
        {
            Id = creation.NewId,
            ProjectId = creation.ProjectId,
            Name = creation.Text("name"),
            Description = creation.Text("description"),
            IpVersion = version,
            Prefixes = prefixes,
            MinPrefixLength = min,
            MaxPrefixLength = body.GetInt("max_prefixlen") ?? IpNumber.Bits(version),
            DefaultPrefixLength = body.GetInt("default_prefixlen") ?? min,
            DefaultQuota = body.GetLong("default_quota"),
            AddressScopeId = body.GetText("address_scope_id"),
            IsDefault = creation.Flag("is_default", false),
            CreatedAt = creation.Now,
            UpdatedAt = creation.Now,
        };
        Check(tx, creation.Caller, pool);
        SubnetPoolStore.Insert(tx, pool);
        if (creation.Flag("shared", false)) RbacStore.Grant(tx, pool.ProjectId, "subnetpool", pool.Id, RbacStore.Shared, "*");
        TagStore.Replace(tx, pool.Id, body.GetItems("tags").Select(t => t.GetString()!));
        return pool;
    }

    private static IReadOnlyList<IPNetwork> Prefixes(JsonElement body)
    {
        var prefixes = body.GetItems("prefixes").Select(p => IPNetwork.Parse(p.GetString()!)).ToList();
        if (prefixes.Count == 0) throw Fault.BadRequest("Empty subnet pool prefix list.", "EmptySubnetPoolPrefixList");
        if (prefixes.Select(p => IpNumber.Version(p.BaseAddress)).Distinct().Count() > 1)
            throw Fault.BadRequest("Cannot mix IPv4 and IPv6 prefixes in a subnet pool.", "PrefixVersionMismatch");
        return PrefixSet.Compact(prefixes);
    }

    private static void Check(Tx tx, Caller caller, SubnetPoolRecord pool)
    {
        var bits = IpNumber.Bits(pool.IpVersion);
        foreach (var length in (int[])[pool.MinPrefixLength, pool.MaxPrefixLength, pool.DefaultPrefixLength])
            if (length > bits) throw Fault.BadRequest($"Prefix '{length}' not supported in IPv{pool.IpVersion} pool.", "UnsupportedMinSubnetPoolPrefix");
        if (pool.MinPrefixLength > pool.MaxPrefixLength) throw Bounds("min_prefixlen", pool.MinPrefixLength, "max_prefixlen", pool.MaxPrefixLength);
        if (pool.DefaultPrefixLength < pool.MinPrefixLength) throw Bounds("min_prefixlen", pool.MinPrefixLength, "default_prefixlen", pool.DefaultPrefixLength);
        if (pool.DefaultPrefixLength > pool.MaxPrefixLength) throw Bounds("default_prefixlen", pool.DefaultPrefixLength, "max_prefixlen", pool.MaxPrefixLength);
        if (pool.IsDefault && SubnetPoolStore.Default(tx, pool.IpVersion) is { } other && other != pool.Id)
            throw NetworkFault.InvalidInput($"A default subnetpool for this IP family has already been set. Only one default may exist per IP family");
        if (pool.AddressScopeId is { } scope) CheckScope(tx, caller, pool, scope);
    }

    private static Fault Bounds(string low, int lowValue, string high, int highValue) => Fault.BadRequest(
        $"Illegal prefix bounds: {low}={lowValue}, {high}={highValue}.", "IllegalSubnetPoolPrefixBounds");

    private static void CheckScope(Tx tx, Caller caller, SubnetPoolRecord pool, string scopeId)
    {
        var scope = AddressScopeResource.Declared.Find(tx, caller, scopeId) ?? throw AddressScopeResource.NotFound(scopeId);
        if (scope.IpVersion != pool.IpVersion)
            throw Fault.BadRequest(
                $"Illegal subnetpool association: subnetpool {pool.Id} cannot associate with address scope {scopeId} because subnetpool ip_version is not {scope.IpVersion}.",
                "IllegalSubnetPoolIpVersionAssociationToAddressScope");
        var others = tx.Query($"SELECT prefixes FROM subnetpools WHERE address_scope_id = {scopeId} AND id <> {pool.Id}", row => row.Text());
        if (others.SelectMany(Words.Split).Select(IPNetwork.Parse).Any(o => pool.Prefixes.Any(p => IpNumber.Overlap(o, p))))
            throw Fault.Conflict($"Cannot update address scope {scopeId}: subnetpools in it would overlap.", "AddressScopePrefixConflict");
    }

    public static SubnetPoolRecord Update(Change<SubnetPoolRecord> change)
    {
        var (tx, body, current) = (change.Tx, change.Body, change.Current);
        var changed = current with
        {
            Name = change.Text("name", current.Name),
            Description = change.Text("description", current.Description),
            Prefixes = change.Has("prefixes") ? Grown(current, Prefixes(body)) : current.Prefixes,
            MinPrefixLength = change.Number("min_prefixlen", current.MinPrefixLength),
            MaxPrefixLength = change.Number("max_prefixlen", current.MaxPrefixLength),
            DefaultPrefixLength = change.Number("default_prefixlen", current.DefaultPrefixLength),
            DefaultQuota = change.Has("default_quota") ? body.GetLong("default_quota") : current.DefaultQuota,
            AddressScopeId = change.TextOrNull("address_scope_id", current.AddressScopeId),
            IsDefault = change.Flag("is_default", current.IsDefault),
            UpdatedAt = change.Now,
        };
        Check(tx, change.Caller, changed);
        SubnetPoolStore.Update(tx, changed);
        return changed;
    }

    private static IReadOnlyList<IPNetwork> Grown(SubnetPoolRecord current, IReadOnlyList<IPNetwork> wanted)
    {
        if (IpNumber.Version(wanted[0].BaseAddress) != current.IpVersion)
            throw Fault.BadRequest("Cannot mix IPv4 and IPv6 prefixes in a subnet pool.", "PrefixVersionMismatch");
        if (!current.Prefixes.All(old => wanted.Any(w => w.PrefixLength <= old.PrefixLength && w.Contains(old.BaseAddress))))
            throw Fault.BadRequest("Illegal update to prefixes: Existing prefixes must be a subset of the new prefixes.", "IllegalSubnetPoolPrefixUpdate");
        return wanted;
    }

    public static void Delete(Removal<SubnetPoolRecord> removal)
    {
        var (tx, id) = (removal.Tx, removal.Current.Id);
        if (tx.Exists($"SELECT 1 FROM subnets WHERE subnetpool_id = {id}"))
            throw Fault.Conflict("Unable to delete subnet pool: Subnet pool has existing allocations.", "SubnetPoolDeleteError");
        tx.Execute($"DELETE FROM subnetpools WHERE id = {id}");
        tx.Execute($"DELETE FROM network_rbac WHERE object_type = 'subnetpool' AND object_id = {id}");
        TagStore.Forget(tx, id);
    }

    public static Reply AddPrefixes(Change<SubnetPoolRecord> change) =>
        ChangePrefixes(change, asked => PrefixSet.Compact([.. change.Current.Prefixes, .. asked]));

    public static Reply RemovePrefixes(Change<SubnetPoolRecord> change) => ChangePrefixes(change, asked =>
    {
        var left = change.Current.Prefixes.Where(p => !asked.Contains(p)).ToList();
        var taken = change.Tx.Query($"SELECT cidr FROM subnets WHERE subnetpool_id = {change.Current.Id}", row => IPNetwork.Parse(row.Text()));
        if (!taken.TrueForAll(t => left.Exists(p => p.PrefixLength <= t.PrefixLength && p.Contains(t.BaseAddress))))
            throw Fault.BadRequest("Illegal update to prefixes: a subnet is allocated from a prefix to be removed.", "IllegalSubnetPoolPrefixUpdate");
        return left;
    });

    private static Reply ChangePrefixes(Change<SubnetPoolRecord> change, Func<IReadOnlyList<IPNetwork>, IReadOnlyList<IPNetwork>> apply)
    {
        if (change.Body.Get("prefixes") is not { } given) throw NetworkFault.BadRequest("Unable to find 'prefixes' in request body");
        if (Checks.List(Checks.Cidr)(given) is { } reason) throw NetworkFault.Invalid("prefixes", reason);
        var changed = change.Current with { Prefixes = apply(Prefixes(change.Body)), UpdatedAt = change.Now };
        Check(change.Tx, change.Caller, changed);
        SubnetPoolStore.Update(change.Tx, changed);
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("prefixes");
            foreach (var prefix in changed.Prefixes) json.WriteStringValue(prefix.ToString());
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
