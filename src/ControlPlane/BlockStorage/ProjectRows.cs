using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage;

/// <summary>Whose rows a list shows: the project's own, or for an administrator who asks with <c>all_tenants</c> all.</summary>
internal static class ProjectRows
{
    public static bool MaySee(Caller caller, string projectId) => caller.IsAdmin || caller.ProjectId == projectId;

    /// <param name="column">The column that holds the owner, <c>v.project_id</c>.</param>
    public static Sql Visible(ApiRequest request, string column) => request.Caller.IsAdmin && AllTenants(request)
        ? Sql.Raw("1 = 1")
        : new Sql().Add(Sql.Raw($"{column} = ")).Add($"{request.Caller.ProjectId}");

    public static bool AllTenants(ApiRequest request) => Flag(request, "all_tenants") ?? Flag(request, "all_projects") ?? false;

    /// <summary>A truth value among the query's parameters; null where it is absent.</summary>
    public static bool? Flag(ApiRequest request, string name)
    {
        var text = request.Query[name].ToString();
        if (!request.Query.ContainsKey(name)) return null;
        return JsonReading.FlagOf(text) ?? throw Fault.BadRequest($"Value '{text.Truncated()}' for '{name}' is not a boolean.");
    }
}
