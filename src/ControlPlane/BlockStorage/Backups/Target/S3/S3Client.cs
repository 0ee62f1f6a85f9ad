using System.Net;
using System.Text;

namespace Cumulet.ControlPlane.BlockStorage.Backups.Target.S3;

/// <summary>
/// The few requests of S3 that files need: put, get, head, delete and list. Each ends: a connection that does not come about or on
/// which nothing moves is given up, and what another attempt may mend is tried again with growing pauses until patience ends.
/// </summary>
internal sealed partial class S3Client(BucketSettings settings, TimeProvider time)
{
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SilenceTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>For requests that whoever sent them repeats in any case.</summary>
    private static readonly TimeSpan Hurry = TimeSpan.FromSeconds(1);

    // No proxy, no redirects, no keys but those of the settings: the store is asked and nobody else.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = ConnectTime,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>An object, over one of this name that is there; it is there when this returns.</summary>
    public Task Put(string bucket, string key, WriteFile content, CancellationToken cancel) => Try(settings.Patience, async quiet =>
    {
        using var body = await S3Body.Measure(content, quiet.Moves, quiet.Token);
        using var response = await Send(HttpMethod.Put, bucket, key, "", body, quiet.Token);
        return true;
    }, cancel);

    /// <param name="read">Reads it from its begin; called again where the connection broke.</param>
    public Task<T> Get<T>(string bucket, string key, ReadFile<T> read, CancellationToken cancel) => Try(settings.Patience, async quiet =>
    {
        using var response = await Send(HttpMethod.Get, bucket, key, "", null, quiet.Token);
        await using var body = new WatchedStream(await response.Content.ReadAsStreamAsync(quiet.Token), quiet.Moves);
        return await read(body, quiet.Token);
    }, cancel);

    public Task<bool> Has(string bucket, string key, CancellationToken cancel) => Try(Hurry, async quiet =>
    {
        try
        {
            using var response = await Send(HttpMethod.Head, bucket, key, "", null, quiet.Token);
            return true;
        }
        catch (S3Failure failure) when (failure.Status == HttpStatusCode.NotFound)
        {
            return false;
        }
    }, cancel);

    /// <summary>Twice is once.</summary>
    public Task Delete(string bucket, string key, CancellationToken cancel) => Try(Hurry, async quiet =>
    {
        try
        {
            using var response = await Send(HttpMethod.Delete, bucket, key, "", null, quiet.Token);
        }
        catch (S3Failure failure) when (failure.Status == HttpStatusCode.NotFound)
        {
            // Some stores say so.
        }
        return true;
    }, cancel);

    /// <summary>One page of the names that begin so, and by what the next is asked for; null after the last.</summary>
    public Task<(List<string> Keys, string? Next)> List(
        string bucket, string prefix, string? next, CancellationToken cancel) => Try(Hurry, async quiet =>
    {
        var query = $"list-type=2&prefix={S3Signature.Escape(prefix)}";
        // The parts of a query are signed in their order.
        if (next is not null) query = $"continuation-token={S3Signature.Escape(next)}&{query}";
        using var response = await Send(HttpMethod.Get, bucket, "", query, null, quiet.Token);
        await using var body = new WatchedStream(await response.Content.ReadAsStreamAsync(quiet.Token), quiet.Moves);
        return await S3Listing.Read(body, quiet.Token);
    }, cancel);

    /// <summary>A bucket of ours; one that is there stays as it is.</summary>
    public Task Create(string bucket, CancellationToken cancel) => Try(settings.Patience, async quiet =>
    {
        // Amazon's first region is the one that must not be named.
        var region = WebUtility.HtmlEncode(settings.Region);
        var place = Encoding.UTF8.GetBytes(settings.Region == "us-east-1" ? ""
            : $"<CreateBucketConfiguration><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>");
        using var body = await S3Body.Measure(async (file, stop) => await file.WriteAsync(place, stop), quiet.Moves, quiet.Token);
        try
        {
            using var response = await Send(HttpMethod.Put, bucket, "", "", body, quiet.Token);
        }
        catch (S3Failure failure) when (failure.Code == "BucketAlreadyOwnedByYou")
        {
            // Another backup was quicker.
        }
        return true;
    }, cancel);

    private async Task<HttpResponseMessage> Send(
        HttpMethod method, string bucket, string key, string query, S3Body? body, CancellationToken cancel)
    {
        var host = settings.PathStyle ? settings.Endpoint.Authority : $"{bucket}.{settings.Endpoint.Authority}";
        var parts = (settings.PathStyle ? $"{bucket}/{key}" : key).TrimEnd('/').Split('/');
        var path = string.Concat(parts.Select(part => "/" + S3Signature.Escape(part)));
        // What is sent is what was signed, letter for letter.
        var uri = new Uri($"{settings.Endpoint.Scheme}://{host}{path}{(query.Length > 0 ? "?" : "")}{query}",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(method, uri) { Content = body };
        var hash = body?.Hash ?? S3Signature.Hash("");
        (string Name, string Value)[] headers =
            [("host", host), (S3Signature.HashHeader, hash), (S3Signature.DateHeader, S3Signature.Date(time.GetUtcNow()))];
        request.Headers.Host = host;
        foreach (var (name, value) in headers[1..]) request.Headers.TryAddWithoutValidation(name, value);
        request.Headers.TryAddWithoutValidation("Authorization",
            S3Signature.Authorization(method.Method, path, query, headers, settings.AccessKey, settings.SecretKey, settings.Region));
        // A store that refuses says so before the data is on its way.
        if (body is not null) request.Headers.ExpectContinue = true;
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (response.IsSuccessStatusCode) return response;
        using (response) throw await S3Failure.Of(response, cancel);
    }
}
