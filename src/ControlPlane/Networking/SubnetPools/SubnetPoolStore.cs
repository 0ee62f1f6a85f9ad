using System.Net;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.SubnetPools;

/// <summary>The rows of subnet pools.</summary>
internal static class SubnetPoolStore
{
    public const string Columns =
        "SELECT o.id, o.project_id, o.name, o.description, o.ip_version, o.prefixes, o.default_prefixlen, o.min_prefixlen, o.max_prefixlen, o.default_quota, o.address_scope_id, o.is_default, o.revision, o.created_at, o.updated_at FROM subnetpools o";

    public static SubnetPoolRecord Read(Row row) => new()
    {
        Id = row.Text(),
        ProjectId = row.Text(),
        Name = row.Text(),
        Description = row.Text(),
        IpVersion = row.Int(),
        Prefixes = [.. Words.Split(row.Text()).Select(IPNetwork.Parse)],
        DefaultPrefixLength = row.Int(),
        MinPrefixLength = row.Int(),
        MaxPrefixLength = row.Int(),
        DefaultQuota = row.LongOrNull(),
        AddressScopeId = row.TextOrNull(),
        IsDefault = row.Flag(),
        Revision = row.Long(),
        CreatedAt = row.Time(),
        UpdatedAt = row.Time(),
    };

    public static Sql Visible(Caller caller) => caller.IsAdmin || caller.Roles.Contains("service")
        ? Sql.Raw("1 = 1")
        : new Sql().Add($"o.project_id = {caller.ProjectId} OR {NetworkStore.SharedTo("subnetpool", "o.id", caller.ProjectId)}");

    public static IReadOnlyList<SubnetPoolRecord> Complete(Tx tx, Caller caller, IReadOnlyList<SubnetPoolRecord> pools)
    {
        if (pools.Count == 0) return pools;
        var ids = pools.Select(p => p.Id).ToList();
        var shared = RbacStore.SharedAmong(tx, "subnetpool", ids, caller.ProjectId);
        var tags = TagStore.Of(tx, ids);
        return [.. pools.Select(p => p with { Shared = shared.Contains(p.Id), Tags = [.. tags[p.Id]] })];
    }

    public static SubnetPoolRecord? Find(Tx tx, Caller caller, string id) =>
        tx.Find(new Sql().Add(Sql.Raw(Columns)).Add($" WHERE o.id = {id} AND ({Visible(caller)})"), Read);

    /// <summary>The cloud's default pool of an IP version; null where there is none.</summary>
    public static string? Default(Tx tx, int version) =>
        tx.Find($"SELECT id FROM subnetpools WHERE is_default = 1 AND ip_version = {version}", row => row.Text());

    public static void Insert(Tx tx, SubnetPoolRecord p) => tx.Execute(
        $"""
        INSERT INTO subnetpools (id, project_id, name, description, ip_version, prefixes, default_prefixlen, min_prefixlen, max_prefixlen, default_quota,
            address_scope_id, is_default, revision, created_at, updated_at)
        VALUES ({p.Id}, {p.ProjectId}, {p.Name}, {p.Description}, {p.IpVersion}, {Prefixes(p)}, {p.DefaultPrefixLength}, {p.MinPrefixLength}, {p.MaxPrefixLength}, {p.DefaultQuota},
            {p.AddressScopeId}, {p.IsDefault}, {p.Revision}, {p.CreatedAt}, {p.UpdatedAt})
        """);

    public static void Update(Tx tx, SubnetPoolRecord p) => tx.Execute(
        $"""
        UPDATE subnetpools SET name = {p.Name}, description = {p.Description}, prefixes = {Prefixes(p)}, default_prefixlen = {p.DefaultPrefixLength},
            min_prefixlen = {p.MinPrefixLength}, max_prefixlen = {p.MaxPrefixLength}, default_quota = {p.DefaultQuota}, address_scope_id = {p.AddressScopeId},
            is_default = {p.IsDefault}, revision = revision + 1, updated_at = {p.UpdatedAt}
        WHERE id = {p.Id}
        """);

    private static string Prefixes(SubnetPoolRecord p) => Words.Join(p.Prefixes.Select(x => x.ToString()));
}
