using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Networks;

namespace Cumulet.ControlPlane.Networking;

internal static class AvailabilityZones
{
    /// <summary>The hints of a body; a zone that is not there is refused.</summary>
    public static IReadOnlyList<string> Hints(JsonElement body, string resource)
    {
        var hints = body.GetItems("availability_zone_hints").Select(h => h.GetString()!).ToList();
        if (hints.Find(h => h != NetworkResource.Zone) is { } unknown)
            throw Fault.NotFound($"AvailabilityZone {unknown} could not be found.", "AvailabilityZoneNotFound");
        return hints;
    }
}
