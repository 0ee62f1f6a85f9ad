using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Cumulet.ControlPlane.Api;

/// <summary>One request as a handler sees it: who asks, at which microversion, for what.</summary>
public sealed class ApiRequest
{
    private readonly string[] _values;
    private readonly Caller? _caller;
    private JsonElement? _body;

    internal ApiRequest(HttpContext http, ServiceApi service, Route route, string[] values, Caller? caller,
        Microversion version, string requestId, JsonElement? body)
    {
        Http = http;
        Service = service;
        Route = route;
        _values = values;
        _caller = caller;
        Version = version;
        RequestId = requestId;
        _body = body;
        PolicyAsked = route.Moment == PolicyMoment.Open;
    }

    public HttpContext Http { get; }
    public ServiceApi Service { get; }
    public Route Route { get; }
    public Microversion Version { get; }
    /// <summary><c>req-</c> and a uuid.</summary>
    public string RequestId { get; }
    public CancellationToken Cancel => Http.RequestAborted;
    public IQueryCollection Query => Http.Request.Query;
    internal bool PolicyAsked { get; private set; }

    public Caller Caller => _caller ?? throw Fault.Unauthorized();
    public bool HasCaller => _caller is not null;

    /// <summary>The project of the token; 403 where it has none, since the service's resources all belong to projects.</summary>
    public string ProjectId => Caller.ProjectId
        ?? throw Fault.Forbidden("The token is not scoped to a project; ask for one with a project in its scope.");

    /// <summary>The n-th path parameter, from 0.</summary>
    public string this[int parameter] => _values[parameter];

    public bool At(int major, int minor) => Version >= new Microversion(major, minor);

    /// <summary>Scheme and authority as the client wrote them, then the service's mount: <c>http://host:port/compute</c>.</summary>
    public string ServiceUrl => $"{Http.Request.Scheme}://{Http.Request.Host}/{Service.Mount}";

    /// <summary>The request's own path and query, for <c>next</c> links.</summary>
    public string SelfUrl => $"{Http.Request.Scheme}://{Http.Request.Host}{Http.Request.PathBase}{Http.Request.Path}";

    /// <summary>May the caller do what the route names to this target? Throws 403 otherwise.</summary>
    public void Authorize(PolicyTarget target)
    {
        PolicyAsked = true;
        var policy = Route.Policy ?? throw new InvalidOperationException($"{Route.Pattern} names no policy");
        if (!policy.Allows(Caller, target)) throw Refused(policy);
    }

    /// <summary>The handler was asked before by the same caller, and what it found still holds.</summary>
    internal void PolicyWasAskedBefore() => PolicyAsked = true;

    /// <summary>The same as a question: for lists that leave out what the caller may not see instead of refusing all.</summary>
    public bool Permits(PolicyTarget target)
    {
        PolicyAsked = true;
        var policy = Route.Policy ?? throw new InvalidOperationException($"{Route.Pattern} names no policy");
        return policy.Allows(Caller, target);
    }

    /// <summary>The same for a further policy of the service, such as Neutron's attribute rules.</summary>
    public void Authorize(string policyName, PolicyTarget target)
    {
        var policy = Service.Policies[policyName];
        if (!policy.Allows(Caller, target)) throw Refused(policy);
    }

    /// <summary>Asks another policy in place of the route's, where what is asked about decides which one holds.</summary>
    public void AuthorizeInstead(string policyName, PolicyTarget target)
    {
        PolicyAsked = true;
        Authorize(policyName, target);
    }

    public bool Allows(string policyName, PolicyTarget target) => Service.Policies[policyName].Allows(Caller, target);

    internal bool AllowsAtTheDoor() =>
        Route.Policy!.Allows(Caller, PolicyTarget.OwnedBy(Caller.ProjectId, Caller.UserId));

    internal void AskAtTheDoor()
    {
        PolicyAsked = true;
        if (!AllowsAtTheDoor()) throw Refused(Route.Policy!);
    }

    private Fault Refused(Policy policy) => Service.Style switch
    {
        FaultStyle.Identity => Fault.Forbidden($"You are not authorized to perform the requested action: {policy.Name}."),
        FaultStyle.Network => Fault.Forbidden($"(rule:{policy.Name}) is disallowed by policy", "PolicyNotAuthorized"),
        FaultStyle.Image => Fault.Forbidden($"You are not authorized to complete {policy.Name} action."),
        _ => Fault.Forbidden($"Policy doesn't allow {policy.Name} to be performed."),
    };

    /// <summary>The whole body as JSON. 400 when it is none, 413 above the limit.</summary>
    public async Task<JsonElement> Body() => _body ??= await JsonBody.Read(Http, Route.MaxBodyBytes ?? Service.MaxBodyBytes);

    /// <summary>
    /// The body's one named member after the shape was checked: <c>{"server": {…}}</c> gives the inner object.
    /// </summary>
    /// <param name="open">Whatever else the body holds is ignored, as Keystone, Neutron and Glance do with every body.</param>
    public async Task<JsonElement> Body(string member, Shape shape, bool open = false)
    {
        var body = await Body();
        if (body.ValueKind != JsonValueKind.Object)
            throw Fault.BadRequest($"The body must be a JSON object with the member '{member}'.");
        if (!body.TryGetProperty(member, out var inner))
            throw Fault.BadRequest($"Invalid input for field/attribute {member}: '{member}' is a required property");
        if (!open && Service.Microversions is not null) RefuseBeside(body, member);
        shape.Check(inner, member, Version);
        return inner;
    }

    private static void RefuseBeside(JsonElement body, string member)
    {
        foreach (var property in body.EnumerateObject())
            if (property.Name != member && property.Name is not ("os:scheduler_hints" or "OS-SCH-HNT:scheduler_hints"))
                throw Fault.BadRequest($"Additional properties are not allowed ('{property.Name.Truncated()}' was unexpected)");
    }
}
