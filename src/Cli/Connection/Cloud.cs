using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Cumulet.Cli.Connection;

/// <summary>
/// One cloud, entered at the first request and no sooner. All requests share one pool of connections; a token is asked
/// for once.
/// </summary>
sealed class Cloud : IAsyncDisposable
{
    private readonly CloudOptions _options;
    private readonly Terminal _terminal;
    private readonly Lazy<HttpClient> _http;
    private readonly HttpTrace _trace;
    private readonly SemaphoreSlim _entering = new(1, 1);
    private Session? _session;
    private Catalog? _catalog;

    public Cloud(CloudOptions options, Terminal terminal)
    {
        _options = options;
        _terminal = terminal;
        Configuration = new CloudConfiguration(options, terminal);
        _trace = new HttpTrace(options.Debug ? terminal.Error : null);
        _http = new Lazy<HttpClient>(Connect);
        Identity = new ServiceClient(this, ServiceType.Identity);
        Image = new ServiceClient(this, ServiceType.Image);
        Compute = new ServiceClient(this, ServiceType.Compute);
        Placement = new ServiceClient(this, ServiceType.Placement);
        Volume = new ServiceClient(this, ServiceType.Volume);
        Network = new ServiceClient(this, ServiceType.Network);
    }

    public CloudConfiguration Configuration { get; }

    public ServiceClient Identity { get; }

    public ServiceClient Image { get; }

    public ServiceClient Compute { get; }

    public ServiceClient Placement { get; }

    public ServiceClient Volume { get; }

    public ServiceClient Network { get; }

    public ServiceClient Service(ServiceType service) => service switch
    {
        ServiceType.Identity => Identity,
        ServiceType.Image => Image,
        ServiceType.Compute => Compute,
        ServiceType.Placement => Placement,
        ServiceType.Volume => Volume,
        _ => Network,
    };

    /// <summary>The same cloud as the same user, entered for another project.</summary>
    public Cloud AsProject(string id) => new(_options with
    {
        Value = name => name switch
        {
            "--os-project-id" => id,
            "--os-project-name" or "--os-tenant-id" or "--os-tenant-name" or "--os-system-scope" or "--os-trust-id"
                or "--os-domain-id" or "--os-domain-name" => null,
            _ => _options.Value(name),
        },
    }, _terminal);

    /// <summary>The session, entered now if it was not yet.</summary>
    public async Task<Session> Session(CancellationToken cancellation)
    {
        if (_session is not null) return _session;
        await _entering.WaitAsync(cancellation);
        try
        {
            return _session ??= await Enter(cancellation);
        }
        finally
        {
            _entering.Release();
        }
    }

    public async Task<Catalog> Catalog(CancellationToken cancellation)
    {
        var session = await Session(cancellation);
        return _catalog ??= new Catalog(session.Body.Field("catalog") as JsonArray ?? [], Configuration, session.ProjectId);
    }

    /// <summary>The endpoint of a service.</summary>
    /// <exception cref="CommandError">The cloud has none.</exception>
    public async Task<string> Endpoint(ServiceType service, CancellationToken cancellation)
    {
        if (Authentication.Kind(Configuration) is "admin_token" or "none" && Configuration.Auth("endpoint") is { } only)
            return only.TrimEnd('/');
        var catalog = await Catalog(cancellation);
        return catalog.Endpoint(service) ?? (service == ServiceType.Identity ? IdentityUrl() : null)
            ?? throw new CommandError($"{Configuration.Interface} endpoint for {Connection.Catalog.Names(service)[0]} service"
                + (Configuration.Region is { } region ? $" in {region} region" : "") + " not found");
    }

    /// <summary>Sends as is and returns whatever comes back; the caller reads and disposes it.</summary>
    /// <exception cref="ConnectionError">Nothing answers there.</exception>
    public async Task<HttpResponseMessage> Send(HttpRequestMessage request, CancellationToken cancellation)
    {
        var started = _terminal.Clock.GetTimestamp();
        try
        {
            await _trace.Request(request, cancellation);
            var reply = await _http.Value.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            await _trace.Reply(reply, cancellation);
            _trace.Took(request, _terminal.Clock.GetElapsedTime(started));
            return reply;
        }
        catch (HttpRequestException error)
        {
            var uri = request.RequestUri!;
            throw new ConnectionError(error.HttpRequestError == HttpRequestError.SecureConnectionError
                ? $"SSL exception connecting to {uri}: {(error.InnerException ?? error).Message}"
                : $"Unable to establish connection to {uri}: {(error.InnerException ?? error).Message}", error);
        }
    }

    /// <summary>Prints the table of <c>--timing</c>.</summary>
    public void WriteTimings()
    {
        if (Configuration.Timing) _trace.WriteTimings(_terminal.Out);
    }

    public ValueTask DisposeAsync()
    {
        if (_http.IsValueCreated) _http.Value.Dispose();
        _entering.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Session> Enter(CancellationToken cancellation)
    {
        switch (Authentication.Kind(Configuration))
        {
            case "none":
                return new Session("", []);
            case "admin_token":
                return new Session(Configuration.Auth("token") ?? "", []);
        }

        var url = IdentityUrl();
        var body = Authentication.Request(Configuration, _terminal.AskSecret);
        using var request = new HttpRequestMessage(HttpMethod.Post, url + "/auth/tokens")
        {
            Content = ServiceClient.Json(body),
        };
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        using var reply = await Send(request, cancellation);
        var text = await reply.Content.ReadAsStringAsync(cancellation);
        if (reply.Headers.Contains("OpenStack-Auth-Receipt") && JsonNode.Parse(text)?["required_auth_methods"] is JsonArray rules)
            throw new CommandError(Authentication.Lacks(rules));
        if (!reply.IsSuccessStatusCode)
            throw ApiError.From(ServiceType.Identity, (int)reply.StatusCode, request.RequestUri!, text, ServiceClient.RequestId(reply));
        var token = reply.Headers.TryGetValues("X-Subject-Token", out var values) ? values.First() : null;
        return token is not null && JsonNode.Parse(text).Field("token") is JsonObject described
            ? new Session(token, described)
            : throw new CommandError($"{request.RequestUri} answered without a token: is --os-auth-url an Identity v3 service?");
    }

    private string IdentityUrl()
    {
        var url = Configuration.AuthUrl ?? throw new CommandError(
            "Missing value auth-url required for auth plugin password: give --os-cloud, --os-auth-url or OS_AUTH_URL");
        if (url.EndsWith("/v2.0", StringComparison.Ordinal)) url = url[..^5];
        return url.EndsWith("/v3", StringComparison.Ordinal) ? url : url + "/v3";
    }

    private HttpClient Connect()
    {
        var wantsProxy = new[] { "http_proxy", "https_proxy", "all_proxy" }
            .Any(name => (_terminal.Variable(name) ?? _terminal.Variable(name.ToUpperInvariant())) is not null);
        var handler = new SocketsHttpHandler
        {
            UseProxy = wantsProxy,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            AllowAutoRedirect = true,
            SslOptions = Tls(),
        };
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private SslClientAuthenticationOptions Tls()
    {
        var options = new SslClientAuthenticationOptions();
        if (Configuration.Certificate is { } certificate)
            options.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, Configuration.Key)];
        if (Configuration.Insecure)
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        else if (Configuration.CaCertificate is { } bundle)
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPemFile(bundle);
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(roots);
            options.CertificateChainPolicy = policy;
        }

        return options;
    }
}
