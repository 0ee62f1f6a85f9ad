namespace Cumulet.ControlPlane.Api;

public delegate Task<Reply> Handler(ApiRequest request);

/// <summary>When a route's policy is asked.</summary>
public enum PolicyMoment
{
    /// <summary>Discovery documents and token issue: nobody needs to be known.</summary>
    Open,
    /// <summary>Before the handler, about something that belongs to the caller's own project.</summary>
    AtTheDoor,
    /// <summary>By the handler, about the target it has read from the database; forgetting it is answered with 500.</summary>
    ByTarget,
}

/// <summary>One operation: method, path, policy, first and last microversion.</summary>
public sealed class Route
{
    internal Route(string method, string pattern, Policy? policy, PolicyMoment moment, Handler handler)
    {
        Method = method;
        Pattern = pattern;
        Policy = policy;
        Moment = moment;
        Handler = handler;
    }

    public string Method { get; }
    public string Pattern { get; }
    public Policy? Policy { get; }
    public PolicyMoment Moment { get; private set; }
    public Handler Handler { get; }
    /// <summary>For POST …/action: the key of the body that selects this operation.</summary>
    public string? ActionKey { get; internal init; }
    public Microversion? First { get; private set; }
    public Microversion? Last { get; private set; }
    /// <summary>Bytes of body accepted; null takes the service's limit, <see cref="long.MaxValue"/> streams.</summary>
    public long? MaxBodyBytes { get; private set; }

    public bool IsFromRows { get; private set; }

    public Route Since(int major, int minor)
    {
        First = new(major, minor);
        return this;
    }

    public Route Until(int major, int minor)
    {
        Last = new(major, minor);
        return this;
    }

    public Route ByTarget()
    {
        Moment = PolicyMoment.ByTarget;
        return this;
    }

    public Route MaxBody(long bytes)
    {
        MaxBodyBytes = bytes;
        return this;
    }

    /// <summary>
    /// The answer depends on rows, on who asks and on the URL, and on nothing else: neither clock nor hypervisor nor header. It is
    /// given again while none of its tables has changed.
    /// </summary>
    public Route FromRows()
    {
        IsFromRows = true;
        return this;
    }

    internal bool Serves(Microversion version) =>
        (First is not { } first || version >= first) && (Last is not { } last || version <= last);
}
