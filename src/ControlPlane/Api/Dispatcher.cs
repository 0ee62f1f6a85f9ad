using System.Collections.Concurrent;
using System.Text.Json;
using Cumulet.ControlPlane.Store;
using Cumulet.Disks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Cumulet.ControlPlane.Api;

/// <summary>Says who a token stands for, or null where it does not count (unknown, expired, revoked).</summary>
public delegate Caller? Authenticate(string token);

/// <summary>
/// The way of every request: service by first path segment, route by path, method, microversion and action, caller by
/// token, policy, handler, answer. Whatever goes wrong leaves as the service's own error body.
/// </summary>
internal sealed partial class Dispatcher(
    IReadOnlyList<ServiceApi> services, Authenticate authenticate, RememberedAnswers answers, ILogger logger)
{
    private const int MaxDefects = 100;
    private readonly ConcurrentQueue<string> _defects = new();
    private readonly Dictionary<string, ServiceApi> _services = services.ToDictionary(s => s.Mount, StringComparer.Ordinal);

    public async Task Handle(HttpContext http)
    {
        var requestId = $"req-{Guid.NewGuid()}";
        var segments = (http.Request.Path.Value ?? "/").Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments.Length == 0 || !_services.TryGetValue(segments[0], out var service))
        {
            var answer = segments.Length == 0 ? Index() : FaultWriter.Write(
                Fault.NotFound($"'/{segments[0]}' is no service of this cloud; GET / lists them."), FaultStyle.Identity, requestId, Accept(http));
            await Send(http, null, default, requestId, answer, Written(answer));
            return;
        }
        Microversion version = service.Microversions?.Min ?? default;
        Reply reply;
        AnswerText? json;
        try
        {
            if (segments.Length > 2 && service.VersionAliases.TryGetValue(segments[1], out var current)) segments[1] = current;
            else version = Negotiate(http, service);
            reply = await Route(http, service, segments.AsMemory(1), version, requestId);
            // The whole body before the first byte of the answer: a row that cannot be written is a 500, not half an answer.
            json = Written(reply);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure)
        {
            reply = FaultWriter.Write(AsFault(failure, service, requestId), service.Style, requestId, Accept(http));
            json = Written(reply);
        }
        await Send(http, service, version, requestId, reply, json);
    }

    private static AnswerText? Written(Reply reply) => reply.JsonBody is { } write ? AnswerText.Of(write) : reply.JsonText;

    private static string Accept(HttpContext http) => http.Request.Headers.Accept.ToString();

    private static Microversion Negotiate(HttpContext http, ServiceApi service)
    {
        if (service.Microversions is not { } range) return default;
        var headers = http.Request.Headers;
        return range.Negotiate(headers[MicroversionRange.Header],
            range.LegacyHeader is null ? null : headers[range.LegacyHeader].ToString());
    }

    private async Task<Reply> Route(
        HttpContext http, ServiceApi service, ReadOnlyMemory<string> path, Microversion version, string requestId)
    {
        var values = new List<string>(4);
        var candidates = Find(service, path.Span, values, out var projectInPath);
        if (candidates.Count == 0 || EndsWithNoName(http, service, path.Length))
        {
            // Whoever is unknown learns of no path at all; Keystone alone says it to everyone.
            if (service.Style != FaultStyle.Identity) Authenticated(http);
            throw Fault.NotFound("The resource could not be found.");
        }
        var method = http.Request.Method;
        var wanted = method == "HEAD" && candidates.All(c => c.Method != "HEAD") ? "GET" : method;
        var routes = candidates.Where(c => c.Method == wanted).ToList();
        // The token is asked for before anything else is told about the path.
        var caller = routes.Count > 0 && routes[0].Moment == PolicyMoment.Open ? null : Authenticated(http);
        if (caller?.AccessRules is { } rules && !rules.Any(r => r.Allows(service.Name, method, path.Span))) throw Fault.Unauthorized();
        if (routes.Count == 0)
        {
            // Rule (Nova, Cinder): their routes are method and path together; another method is a path that is not there.
            if (service.Style is FaultStyle.Compute or FaultStyle.BlockStorage) throw Fault.NotFound("The resource could not be found.");
            http.Response.Headers.Allow = string.Join(", ", candidates.Select(c => c.Method).Distinct());
            throw new Fault(FaultKind.MethodNotAllowed,
                $"The server could not comply with the request since it is either malformed or otherwise incorrect: method {method} is not allowed here.");
        }
        if (projectInPath is not null && caller is not null && projectInPath != caller.ProjectId)
            throw Fault.BadRequest($"Malformed request url: URL's project_id '{projectInPath}' doesn't match Context's project_id '{caller.ProjectId}'");
        JsonElement? body = routes[0].ActionKey is null
            ? null
            : await JsonBody.Read(http, routes[0].MaxBodyBytes ?? service.MaxBodyBytes);
        var route = Select(routes, body, version);
        var request = new ApiRequest(http, service, route, [.. values], caller, version, requestId, body);
        if (route.Moment == PolicyMoment.AtTheDoor) request.AskAtTheDoor();
        var reply = route.IsFromRows ? await answers.Ask(request) : await route.Handler(request);
        if (!request.PolicyAsked)
            throw new InvalidOperationException($"{route.Method} {route.Pattern} answered without asking {route.Policy?.Name}");
        return reply;
    }

    // Rule (Nova, Cinder, Glance): `/volumes/` asks for the volume without a name, and there is none.
    private static bool EndsWithNoName(HttpContext http, ServiceApi service, int segments) =>
        segments > 1 && service.Style is (FaultStyle.Compute or FaultStyle.BlockStorage or FaultStyle.Image)
        && http.Request.Path.Value!.EndsWith('/');

    private static IReadOnlyList<Route> Find(
        ServiceApi service, ReadOnlySpan<string> path, List<string> values, out string? projectInPath)
    {
        projectInPath = null;
        var found = service.Routes.Find(path, values);
        if (found.Count > 0 || path.Length < 2 || !service.ProjectIdAfter.Contains(path[0])) return found;
        string[] without = [path[0], .. path[2..]];
        found = service.Routes.Find(without, values);
        projectInPath = path[1];
        return found;
    }

    private static Route Select(List<Route> routes, JsonElement? body, Microversion version)
    {
        if (body is not { } action)
            return routes.Find(r => r.Serves(version)) ?? throw Fault.NotFound("The resource could not be found.");
        if (action.ValueKind != JsonValueKind.Object || action.GetPropertyCount() == 0)
            throw Fault.BadRequest("The body must be a JSON object with the name of the action as its key.");
        if (action.GetPropertyCount() > 1) throw Fault.BadRequest("Malformed request body: too many body keys, an action is one.");
        var key = action.EnumerateObject().First().Name;
        var named = routes.FindAll(r => r.ActionKey == key);
        if (named.Count == 0) throw Fault.BadRequest($"There is no such action: {key.Truncated()}");
        return named.Find(r => r.Serves(version)) ?? throw Fault.NotFound($"The action '{key}' is not served at API version {version}.");
    }

    private Caller Authenticated(HttpContext http)
    {
        var token = http.Request.Headers["X-Auth-Token"].ToString();
        if (token.Length == 0) throw Fault.Unauthorized();
        return authenticate(token) ?? throw Fault.Unauthorized();
    }

    private Fault AsFault(Exception failure, ServiceApi service, string requestId)
    {
        if (failure is Fault fault)
        {
            if (fault.Detail is not null) LogDetail(service.Name, requestId, fault.Message, fault.Detail);
            return fault;
        }
        if (failure is IOException io && DiskException.Of(io) is { } named) failure = named;
        if (failure is BadHttpRequestException bad)
            return bad.StatusCode == 413 ? Fault.TooLarge("Request is too large.") : Fault.BadRequest("Malformed request.");
        if (failure is BadValueException value) return Fault.BadRequest($"Invalid input: {value.Message}.");
        LogUnexpected(failure, service.Name, requestId);
        if (!PatientWrites.IsPassing(failure)) Remember($"{service.Name} {requestId}: {failure.GetType().Name}");
        if (failure is StoreUnavailableException) return Fault.Unavailable("The cloud's database cannot be reached; try again.");
        if (failure is StoreFullException)
            return new Fault(FaultKind.InsufficientStorage, "The disk that holds the cloud's database is full.");
        if (failure is DiskException { Fault: DiskFault.NoSpace }) return new Fault(FaultKind.InsufficientStorage, failure.Message);
        if (failure is DiskException { Fault: DiskFault.Unreachable }) return Fault.Unavailable(failure.Message);
        return new Fault(FaultKind.ServerError,
            $"Unexpected API Error. Please report this with the request id {requestId}; the daemon's log has the cause.");
    }

    /// <summary>The last requests since the start that were answered with a 500 because of a defect; the log has their causes.</summary>
    public IReadOnlyList<string> Defects() => [.. _defects];

    private void Remember(string defect)
    {
        _defects.Enqueue(defect);
        if (_defects.Count > MaxDefects) _defects.TryDequeue(out _);
    }

    private static async Task Send(HttpContext http, ServiceApi? service, Microversion version, string requestId, Reply reply,
        AnswerText? text)
    {
        var response = http.Response;
        response.StatusCode = reply.Status;
        foreach (var name in service?.RequestIdHeaders ?? ["x-openstack-request-id"]) response.Headers[name] = requestId;
        if (service?.Microversions is { } range)
        {
            response.Headers[MicroversionRange.Header] = $"{range.ServiceType} {version}";
            response.Headers.Vary = MicroversionRange.Header;
            if (range.LegacyHeader is not null)
            {
                response.Headers[range.LegacyHeader] = version.ToString();
                response.Headers.Vary = new StringValues([MicroversionRange.Header, range.LegacyHeader]);
            }
        }
        foreach (var (name, value) in reply.Headers) response.Headers.Append(name, value);
        if (reply.ContentType is not null) response.ContentType = reply.ContentType;
        if (reply.ContentLength is { } length) response.ContentLength = length;
        var headOnly = http.Request.Method == "HEAD";
        if (text is not null)
        {
            response.ContentLength = text.Length;
            if (!headOnly)
            {
                text.CopyTo(response.BodyWriter);
                await response.BodyWriter.FlushAsync(http.RequestAborted);
            }
        }
        else if (reply.StreamBody is { } copy && !headOnly)
        {
            await copy(response.Body, http.RequestAborted);
        }
        else if (reply.Status != 204 && !headOnly)
        {
            response.ContentLength ??= 0;
        }
        await response.CompleteAsync();
    }

    private Reply Index() => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("services");
        foreach (var service in services)
        {
            json.WriteStartObject();
            json.WriteString("type", service.Name);
            json.WriteString("path", "/" + service.Mount);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });

    [LoggerMessage(Level = LogLevel.Error, Message = "{service} {requestId}: unexpected failure")]
    private partial void LogUnexpected(Exception failure, string service, string requestId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{service} {requestId}: {message}: {detail}")]
    private partial void LogDetail(string service, string requestId, string message, string detail);
}
