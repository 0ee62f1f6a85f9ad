using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cumulet.Qemu;

/// <summary>
/// Where the devices of a machine sat when its memory was saved. Saved memory knows them by these places, so the machine
/// that loads it must be built alike, whatever was plugged and unplugged before.
/// </summary>
/// <param name="Machine">The machine type with its version, e.g. <c>pc-q35-7.2</c>.</param>
/// <param name="Ports">Number of PCIe root ports.</param>
public sealed record SavedPlaces(string Machine, int Ports, IReadOnlyDictionary<string, DevicePlace> Devices)
{
    public string ToJson() => JsonSerializer.Serialize(this, SavedPlacesJson.Default.SavedPlaces);

    /// <exception cref="JsonException">It is not what <see cref="ToJson"/> wrote.</exception>
    public static SavedPlaces Parse(string json) => JsonSerializer.Deserialize(json, SavedPlacesJson.Default.SavedPlaces)!;
}

/// <param name="Bus">The bus it is on, e.g. <c>rp3</c>.</param>
/// <param name="Address">Slot and function on a bus that has several, as <c>addr</c> takes them.</param>
/// <param name="Lun">On the scsi bus.</param>
public sealed record DevicePlace(string Bus, string? Address, int? Lun);

[JsonSerializable(typeof(SavedPlaces))]
internal sealed partial class SavedPlacesJson : JsonSerializerContext;
