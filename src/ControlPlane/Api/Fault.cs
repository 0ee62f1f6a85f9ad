namespace Cumulet.ControlPlane.Api;

/// <summary>The kinds of error a caller can see; each says when to use it. HTTP comes last, in <see cref="FaultWriter"/>.</summary>
public enum FaultKind
{
    /// <summary>400: the request can never work as written.</summary>
    BadRequest,
    /// <summary>401: no token, or one that does not count.</summary>
    Unauthorized,
    /// <summary>403: known caller, not allowed; also Nova's and Cinder's answer to an exceeded quota where their API says so.</summary>
    Forbidden,
    /// <summary>404: not there, or not there for this caller.</summary>
    NotFound,
    /// <summary>405: the path is served, not with this method.</summary>
    MethodNotAllowed,
    /// <summary>406: a microversion that is not supported.</summary>
    NotAcceptable,
    /// <summary>409: right request, wrong moment: state, name taken, in use.</summary>
    Conflict,
    /// <summary>410: the API had it once.</summary>
    Gone,
    /// <summary>413: body too large, or over the limit as Cinder says it.</summary>
    TooLarge,
    /// <summary>415: content type that is not understood.</summary>
    UnsupportedMedia,
    /// <summary>500: our fault; the text for the caller says nothing about the inside.</summary>
    ServerError,
    /// <summary>501: a feature we do not have.</summary>
    NotImplemented,
    /// <summary>503: cannot now, try again.</summary>
    Unavailable,
    /// <summary>507: the storage is full.</summary>
    InsufficientStorage,
}

/// <summary>
/// The one error type of the API: a kind, a text for the caller that names field, value and mend, and for the log what
/// the caller is not to see. Never put secrets, paths or commands into <see cref="Exception.Message"/>.
/// </summary>
public sealed class Fault(FaultKind kind, string message, string? type = null, string? detail = null, Exception? inner = null)
    : Exception(message, inner)
{
    public FaultKind Kind => kind;

    /// <summary>Neutron's exception name (<c>NetworkNotFound</c>) or Placement's error code; others do not show it.</summary>
    public string? Type => type;

    /// <summary>For the log only.</summary>
    public string? Detail => detail;

    /// <summary>Overrides the kind's status where a service answers differently (Glance's 300, Neutron's 409 for quota …).</summary>
    public int? StatusOverride { get; init; }

    public int Status => StatusOverride ?? kind switch
    {
        FaultKind.BadRequest => 400,
        FaultKind.Unauthorized => 401,
        FaultKind.Forbidden => 403,
        FaultKind.NotFound => 404,
        FaultKind.MethodNotAllowed => 405,
        FaultKind.NotAcceptable => 406,
        FaultKind.Conflict => 409,
        FaultKind.Gone => 410,
        FaultKind.TooLarge => 413,
        FaultKind.UnsupportedMedia => 415,
        FaultKind.NotImplemented => 501,
        FaultKind.Unavailable => 503,
        FaultKind.InsufficientStorage => 507,
        _ => 500,
    };

    public static Fault BadRequest(string message, string? type = null) => new(FaultKind.BadRequest, message, type);
    public static Fault Unauthorized(string message = "The request you have made requires authentication.") =>
        new(FaultKind.Unauthorized, message);
    public static Fault Forbidden(string message, string? type = null) => new(FaultKind.Forbidden, message, type);
    public static Fault NotFound(string message, string? type = null) => new(FaultKind.NotFound, message, type);
    public static Fault Conflict(string message, string? type = null) => new(FaultKind.Conflict, message, type);
    public static Fault TooLarge(string message, string? type = null) => new(FaultKind.TooLarge, message, type);
    public static Fault Unavailable(string message, string? type = null) => new(FaultKind.Unavailable, message, type);
    public static Fault NotImplemented(string message, string? type = null) => new(FaultKind.NotImplemented, message, type);
}
