using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Resources;

/// <summary>
/// What Neutron's API has in common for every kind of resource, declared once per kind: names, writable attributes, the
/// list, who may see a row, what policies are asked about, and how it is written. The verbs are in
/// <see cref="ResourceVerbs{T}"/>.
/// </summary>
internal sealed class Resource<T> where T : class
{
    /// <summary><c>network</c>: the member of bodies, and the second half of policy names.</summary>
    public required string Name { get; init; }
    public required string Collection { get; init; }
    public required IReadOnlyList<Attribute> Attributes { get; init; }
    public required ListQuery List { get; init; }
    public required Func<Caller, Sql> Visible { get; init; }
    /// <summary>What lists show, where that is less than what may be asked for by its id.</summary>
    public Func<Caller, Sql>? Listed { get; init; }
    public required Func<Row, T> Read { get; init; }
    public required Func<Tx, Caller, IReadOnlyList<T>, IReadOnlyList<T>> Complete { get; init; }
    public required Func<T, string> Id { get; init; }
    public required Func<T, PolicyTarget> Target { get; init; }
    public required Action<Shown, T> Write { get; init; }
    public required Func<string, Fault> NotFound { get; init; }
    /// <summary>For <c>If-Match: revision_number=</c>; null where the kind has no revisions.</summary>
    public Func<T, long>? Revision { get; init; }
    /// <summary>
    /// For a kind below another (<c>floatingips/{id}/port_forwardings</c>): finds the parent, which the first path parameter
    /// names, throws where the caller does not see it, and says which rows are its own.
    /// </summary>
    public Func<Tx, ApiRequest, Sql>? Within { get; init; }
    /// <summary>Which path parameter is the id.</summary>
    public int IdParameter => Within is null ? 0 : 1;
    /// <summary>The kind's name in policies where it is not <see cref="Name"/>.</summary>
    public string? PolicyName { get; init; }

    public T? Find(Tx tx, Caller caller, string id) => Find(tx, caller, id, null);

    /// <summary>The one that the path names.</summary>
    public T Require(Tx tx, ApiRequest request) =>
        Find(tx, request.Caller, request[IdParameter], Within?.Invoke(tx, request)) ?? throw NotFound(request[IdParameter]);

    private T? Find(Tx tx, Caller caller, string id, Sql? within)
    {
        var sql = new Sql().Add(Sql.Raw($"{List.Select} WHERE {List.Id} = ")).Add($"{id} AND ({Visible(caller)})");
        if (within is not null) sql.Add($" AND ({within})");
        return tx.Find(sql, Read) is { } found ? Complete(tx, caller, [found])[0] : null;
    }
}
