using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace Cumulet.ControlPlane.Compute.Screen;

/// <summary>
/// The page that a console URL opens in a browser: noVNC and a frame around it, out of the binary. It holds nothing secret;
/// the token in its address counts at the <see cref="ConsoleSocket"/> only.
/// </summary>
internal static class ConsolePage
{
    /// <summary>Where a browser begins.</summary>
    public const string Path = "/console/vnc_lite.html";

    private const string Folder = "/console/";
    private static readonly Assembly Binary = typeof(ConsolePage).Assembly;
    private static readonly HashSet<string> Files =
        [.. Binary.GetManifestResourceNames().Where(name => name.StartsWith("console/", StringComparison.Ordinal)).Select(name => "/" + name)];

    public static bool IsBehind(HttpContext http) => http.Request.Path.StartsWithSegments(Folder.TrimEnd('/'), StringComparison.Ordinal);

    public static async Task Handle(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.StatusCode = 405;
            http.Response.Headers.Allow = "GET, HEAD";
            return;
        }
        if (!Files.Contains(path))
        {
            http.Response.StatusCode = 404;
            await http.Response.WriteAsync($"There is no {path}; a console begins at {Path} with the query that the cloud gave.", http.RequestAborted);
            return;
        }
        await using var file = Binary.GetManifestResourceStream(path[1..])!;
        Describe(http.Response, path, file.Length);
        if (HttpMethods.IsGet(http.Request.Method)) await file.CopyToAsync(http.Response.Body, http.RequestAborted);
    }

    private static void Describe(HttpResponse response, string path, long bytes)
    {
        response.ContentType = System.IO.Path.GetExtension(path) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            _ => "text/javascript; charset=utf-8",
        };
        response.ContentLength = bytes;
        // The address of the page holds the token: it is kept from caches, from frames and from the Referer of any link.
        response.Headers.CacheControl = path == Path ? "no-store" : "max-age=3600";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy =
            "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; frame-ancestors 'self'";
    }
}
