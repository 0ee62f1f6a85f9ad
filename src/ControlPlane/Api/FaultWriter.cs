using System.Text.Json;

namespace Cumulet.ControlPlane.Api;

/// <summary>Turns a fault into the body that the service's own clients parse. Rule: the services' own API references.</summary>
public static class FaultWriter
{
    public static Reply Write(Fault fault, FaultStyle style, string requestId)
    {
        // keystonemiddleware stands before every service and words a missing or bad token alike for all.
        if (fault.Kind == FaultKind.Unauthorized && style != FaultStyle.Identity)
            return Identity(fault).With("WWW-Authenticate", "Keystone uri=\"/identity\"");
        return style switch
        {
            FaultStyle.Compute => Compute(fault),
            FaultStyle.BlockStorage => Compute(fault),
            FaultStyle.Identity => Identity(fault),
            FaultStyle.Image => Image(fault),
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

    // webob's JSON form of an HTTP exception, which Glance sends to clients that accept JSON.
    private static Reply Image(Fault fault) => Reply.Json(fault.Status, json =>
    {
        json.WriteStartObject();
        json.WriteString("message", fault.Message);
        json.WriteString("code", $"{fault.Status} {Title(fault.Status)}");
        json.WriteString("title", Title(fault.Status));
        json.WriteEndObject();
    });

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
        416 => "Range Not Satisfiable",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        507 => "Insufficient Storage",
        _ => "Internal Server Error",
    };
}
