using System.Text;

namespace Cumulet.ControlPlane.Api;

/// <summary>
/// The policies of one service, from the embedded text <c>Api/Policies/&lt;service&gt;.rules</c>. Asking for a name that is
/// not there throws: a route that names an unknown policy stops the start instead of standing open.
/// </summary>
public sealed class PolicyBook
{
    private readonly Dictionary<string, Policy> _policies = new(StringComparer.Ordinal);

    private PolicyBook(string service) => Service = service;

    public string Service { get; }

    public IEnumerable<string> Names => _policies.Keys;

    public Policy this[string name] => _policies.TryGetValue(name, out var policy)
        ? policy
        : throw new InvalidOperationException($"{Service} has no policy named '{name}'");

    public static PolicyBook Load(string service)
    {
        using var stream = typeof(PolicyBook).Assembly.GetManifestResourceStream($"policies/{service}")
            ?? throw new InvalidOperationException($"no policies for service '{service}'");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return Parse(service, reader.ReadToEnd());
    }

    internal static PolicyBook Parse(string service, string text)
    {
        var book = new PolicyBook(service);
        foreach (var line in text.Split('\n'))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            if (line.Split('\t') is not [var name, var scopes, var check])
                throw new FormatException($"{service} policies: '{line}' is not name, scopes, check");
            book._policies.Add(name, new Policy(book, name, scopes.Split(','), CheckString.Parse(check)));
        }
        foreach (var policy in book._policies.Values) policy.CheckNames();
        return book;
    }
}
