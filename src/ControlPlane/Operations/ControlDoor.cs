using System.Text;
using Cumulet.ControlPlane.Sagas;
using Microsoft.AspNetCore.Http;

namespace Cumulet.ControlPlane.Operations;

/// <summary>One thing to look after the cloud with, over the private socket: method, path, and what it answers as text.</summary>
public sealed record ControlVerb(string Method, string Path, Func<HttpContext, Task<(int Status, string Text)>> Run);

/// <summary>
/// The daemon's private door, the socket in its state folder: only the folder's owner can open it, so there is no token.
/// It answers plain text for people; the API is for programs.
/// </summary>
public sealed class ControlDoor
{
    private readonly Dictionary<(string, string), ControlVerb> _verbs = [];

    public void Add(ControlVerb verb) => _verbs.Add((verb.Method, verb.Path), verb);

    /// <summary>Whether a request came through the door: connections over unix sockets have no address.</summary>
    public static bool IsBehind(HttpContext http) => http.Connection.LocalIpAddress is null;

    public async Task Handle(HttpContext http)
    {
        var key = (http.Request.Method, http.Request.Path.Value ?? "/");
        var (status, text) = _verbs.TryGetValue(key, out var verb)
            ? await verb.Run(http)
            : (404, $"no such control verb: {key.Method} {key.Item2}\n");
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync(text, http.RequestAborted);
    }

    /// <summary>The registered sagas as <c>cumulet sagas</c> prints them.</summary>
    public static string Describe(IEnumerable<Saga> sagas)
    {
        var text = new StringBuilder();
        foreach (var saga in sagas)
        {
            text.AppendLine(saga.Name);
            foreach (var step in saga.Describe()) text.Append("  ").Append(step.Name.PadRight(32)).AppendLine(step.Undo);
        }
        return text.ToString();
    }
}
