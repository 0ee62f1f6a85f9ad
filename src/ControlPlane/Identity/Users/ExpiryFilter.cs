using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.Users;

/// <summary><c>password_expires_at=lt:2016-12-08T22:02:00Z</c>, several of them meaning all.</summary>
internal static class ExpiryFilter
{
    public static Sql? Read(IReadOnlyList<string> values)
    {
        var all = new Sql();
        foreach (var value in values)
        {
            var colon = value.IndexOf(':');
            var word = colon > 0 && !char.IsAsciiDigit(value[0]) ? value[..colon] : "eq";
            var text = word == "eq" && !value.StartsWith("eq:", StringComparison.Ordinal) ? value : value[(colon + 1)..];
            var compare = word switch
            {
                "eq" => "=",
                "neq" => "<>",
                "lt" => "<",
                "lte" => "<=",
                "gt" => ">",
                "gte" => ">=",
                _ => throw Fault.BadRequest($"The given operator {word.Truncated()} is not valid. It must be one of the following: 'eq', 'neq', 'lt', 'lte', 'gt', or 'gte'."),
            };
            if (!TimeText.TryRead(text, out var time))
                throw Fault.BadRequest("Timestamp not in expected format. The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.");
            if (!all.IsEmpty) all.Add(Sql.Raw(" AND "));
            all.Add(Sql.Raw($"p.expires_at {compare} ")).Add($"{time}");
        }
        return all.IsEmpty ? null : all;
    }
}
