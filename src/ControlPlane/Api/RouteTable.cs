namespace Cumulet.ControlPlane.Api;

/// <summary>
/// The operations of one service as a tree of path segments. Own code instead of ASP.NET's routing because OpenStack
/// selects by more than method and path: an action by the body's key, a form by the microversion, and an optional
/// project id behind the version. The list also feeds the coverage table and the policy matrix.
/// </summary>
public sealed class RouteTable(PolicyBook policies)
{
    private sealed class Node
    {
        public readonly Dictionary<string, Node> Literals = new(StringComparer.Ordinal);
        public Node? Parameter;
        public string? ParameterName;
        public readonly List<Route> Routes = [];
    }

    private readonly Node _root = new();
    private readonly List<Route> _all = [];

    public IReadOnlyList<Route> All => _all;

    public Route Get(string pattern, string policy, Handler handler) => Add("GET", pattern, policy, handler);
    public Route Post(string pattern, string policy, Handler handler) => Add("POST", pattern, policy, handler);
    public Route Put(string pattern, string policy, Handler handler) => Add("PUT", pattern, policy, handler);
    public Route Patch(string pattern, string policy, Handler handler) => Add("PATCH", pattern, policy, handler);
    public Route Delete(string pattern, string policy, Handler handler) => Add("DELETE", pattern, policy, handler);
    public Route Head(string pattern, string policy, Handler handler) => Add("HEAD", pattern, policy, handler);

    /// <summary>POST <paramref name="pattern"/> with a body whose one key is <paramref name="key"/>.</summary>
    public Route Action(string pattern, string key, string policy, Handler handler) =>
        Add(new Route("POST", pattern, policies[policy], PolicyMoment.AtTheDoor, handler) { ActionKey = key });

    /// <summary>An operation that needs no token.</summary>
    public Route Open(string method, string pattern, Handler handler) =>
        Add(new Route(method, pattern, null, PolicyMoment.Open, handler));

    public Route Add(string method, string pattern, string policy, Handler handler) =>
        Add(new Route(method, pattern, policies[policy], PolicyMoment.AtTheDoor, handler));

    private Route Add(Route route)
    {
        var node = _root;
        foreach (var segment in route.Pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment[0] != '{')
            {
                if (!node.Literals.TryGetValue(segment, out var next)) node.Literals[segment] = next = new Node();
                node = next;
                continue;
            }
            // One name per position: two routes that call the same segment differently still share the node.
            node.Parameter ??= new Node();
            node.ParameterName = segment[1..^1];
            node = node.Parameter;
        }
        node.Routes.Add(route);
        _all.Add(route);
        return route;
    }

    /// <summary>The routes at a path, with the values of its parameters in path order; empty where the path is not served.</summary>
    internal IReadOnlyList<Route> Find(ReadOnlySpan<string> segments, List<string> values)
    {
        values.Clear();
        var node = Walk(_root, segments, values);
        return node is null ? [] : node.Routes;
    }

    private static Node? Walk(Node node, ReadOnlySpan<string> segments, List<string> values)
    {
        if (segments.IsEmpty) return node.Routes.Count > 0 ? node : null;
        if (node.Literals.TryGetValue(segments[0], out var literal) && Walk(literal, segments[1..], values) is { } found)
            return found;
        if (node.Parameter is null) return null;
        values.Add(segments[0]);
        if (Walk(node.Parameter, segments[1..], values) is { } deeper) return deeper;
        values.RemoveAt(values.Count - 1);
        return null;
    }
}
