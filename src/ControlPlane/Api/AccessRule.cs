namespace Cumulet.ControlPlane.Api;

/// <summary>
/// What an application credential with access rules may ask: method, path and service type. In a path <c>{name}</c> and
/// <c>*</c> stand for one segment, <c>**</c> for any rest. Rule: Identity API, "Application credentials, access rules".
/// </summary>
public sealed record AccessRule(string Service, string Path, string Method)
{
    private static readonly string[] BlockStorage = ["block-storage", "block-store", "volume", "volumev2", "volumev3"];

    /// <param name="path">The segments behind the service's mount.</param>
    public bool Allows(string service, string method, ReadOnlySpan<string> path)
    {
        var same = service == "block-storage" ? BlockStorage.Contains(Service) : service == Service;
        if (!same || !string.Equals(method, Method, StringComparison.OrdinalIgnoreCase)) return false;
        var pattern = Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == "**") return true;
            if (i >= path.Length) return false;
            var anyOne = pattern[i] == "*" || (pattern[i].StartsWith('{') && pattern[i].EndsWith('}'));
            if (!anyOne && pattern[i] != path[i]) return false;
        }
        return pattern.Length == path.Length;
    }
}
