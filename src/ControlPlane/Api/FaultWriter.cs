using System.Net;
using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace Cumulet.ControlPlane.Api;

/// <summary>Turns a fault into the body that the service's own clients parse. Rule: the services' own API references.</summary>
public static class FaultWriter
{
    /// <param name="accept">The request's Accept header; only Glance words an error by it.</param>
    public static Reply Write(Fault fault, FaultStyle style, string requestId, string accept = "")
    {
        // keystonemiddleware stands before every service and words a missing or bad token alike for all.
        if (fault.Kind == FaultKind.Unauthorized && style != FaultStyle.Identity)
            return Identity(fault).With("WWW-Authenticate", "Keystone uri=\"/identity\"");
        return style switch
        {
            FaultStyle.Compute => Compute(fault),
            FaultStyle.BlockStorage => fault.Status == 413 ? Compute(fault).With("Retry-After", "0") : Compute(fault),
            FaultStyle.Identity => Identity(fault),
            FaultStyle.Image => Image(fault, accept),
            FaultStyle.Network => Network(fault),
            _ => Placement(fault, requestId),
        };
    }

    private static Reply Compute(Fault fault) => Reply.Json(fault.Status, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject(fault.Status switch
        {
            400 => "badRequest",
            401 => "unauthorized",
            403 => "forbidden",
            404 => "itemNotFound",
            405 => "badMethod",
            409 => "conflictingRequest",
            413 => "overLimit",
            415 => "badMediaType",
            429 => "overLimit",
            501 => "notImplemented",
            503 => "serviceUnavailable",
            _ => "computeFault",
        });
        json.WriteNumber("code", fault.Status);
        json.WriteString("message", fault.Message);
        if (fault.Status == 413) json.WriteString("retryAfter", "0");
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static Reply Identity(Fault fault) => Reply.Json(fault.Status, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteNumber("code", fault.Status);
        json.WriteString("message", fault.Message);
        json.WriteString("title", Title(fault.Status));
        json.WriteEndObject();
        json.WriteEndObject();
    });

    // webob's forms of an HTTP exception: HTML unless the client prefers JSON to it; plain text for one that takes neither.
    private static Reply Image(Fault fault, string accept)
    {
        var status = $"{fault.Status} {Title(fault.Status)}";
        return Preferred(accept) switch
        {
            "application/json" => Reply.Json(fault.Status, json =>
            {
                json.WriteStartObject();
                json.WriteString("message", $"{fault.Message}<br /><br />\n\n\n");
                json.WriteString("code", status);
                json.WriteString("title", Title(fault.Status));
                json.WriteEndObject();
            }),
            "text/html" => Reply.Text(fault.Status, $"""
                <html>
                 <head>
                  <title>{status}</title>
                 </head>
                 <body>
                  <h1>{status}</h1>
                  {WebUtility.HtmlEncode(fault.Message)}<br /><br />



                 </body>
                </html>
                """, "text/html; charset=UTF-8"),
            _ => Reply.Text(fault.Status, $"{status}\n\n{fault.Message}\n"),
        };
    }

    // Of HTML and JSON the one with the higher quality; HTML where they are equal, as webob offers it first.
    private static string? Preferred(string accept)
    {
        if (accept.Length == 0) return "text/html";
        if (!MediaTypeHeaderValue.TryParseList([accept], out var ranges)) return "text/html";
        double Quality(string type) => ranges
            .Where(r => r.MatchesAllTypes || r.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)
                || (r.MatchesAllSubTypes && type.StartsWith($"{r.Type.Value}/", StringComparison.OrdinalIgnoreCase)))
            .OrderBy(r => r.MatchesAllTypes ? 2 : r.MatchesAllSubTypes ? 1 : 0)
            .Select(r => r.Quality ?? 1).FirstOrDefault();
        var (html, json) = (Quality("text/html"), Quality("application/json"));
        return html <= 0 && json <= 0 ? null : html >= json ? "text/html" : "application/json";
    }

    private static Reply Network(Fault fault) => Reply.Json(fault.Status, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("NeutronError");
        json.WriteString("type", fault.Type ?? fault.Status switch
        {
            400 => "HTTPBadRequest",
            403 => "PolicyNotAuthorized",
            404 => "HTTPNotFound",
            409 => "Conflict",
            501 => "NotImplementedError",
            _ => "HTTPInternalServerError",
        });
        json.WriteString("message", fault.Message);
        json.WriteString("detail", "");
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static Reply Placement(Fault fault, string requestId) => Reply.Json(fault.Status, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("errors");
        json.WriteStartObject();
        json.WriteNumber("status", fault.Status);
        json.WriteString("title", Title(fault.Status));
        json.WriteString("detail", fault.Message);
        json.WriteString("code", fault.Type ?? "placement.undefined_code");
        json.WriteString("request_id", requestId);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    });

    internal static string Title(int status) => status switch
    {
        300 => "Multiple Choices",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        409 => "Conflict",
        410 => "Gone",
        413 => "Request Entity Too Large",
        415 => "Unsupported Media Type",
        416 => "Request Range Not Satisfiable",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        507 => "Insufficient Storage",
        _ => "Internal Server Error",
    };
}
