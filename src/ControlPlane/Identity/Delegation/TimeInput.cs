using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Identity.Delegation;

/// <summary>Instants that clients give for an end: ISO 8601, UTC where no zone is said, never in the past.</summary>
internal static partial class TimeInput
{
    public static DateTimeOffset? Future(JsonElement body, string member, DateTimeOffset now)
    {
        if (body.GetText(member) is not { } text) return null;
        if (!Form().IsMatch(text)
            || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
            throw Fault.BadRequest("Timestamp not in expected format. The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.");
        if (time <= now)
            throw Fault.BadRequest("The 'expires_at' must not be before now. The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.");
        return time;
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6}\d*)?)?(Z|[+-]\d\d:?\d\d)?$")]
    private static partial Regex Form();
}
