using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume;

/// <summary>A column with the volume that a row belongs to: a person reads its name, a program its id.</summary>
sealed class VolumeNames
{
    private readonly Dictionary<string, string> _names;

    private VolumeNames(Dictionary<string, string> names) => _names = names;

    public (string, Func<JsonObject, Cell>) Column => ("Volume", row => row.Text("volume_id") is { } id
        ? new Cell(id, _names.GetValueOrDefault(id, id)) : new Cell(null));

    /// <summary>Names are an ornament: without them the ids are shown.</summary>
    public static async Task<VolumeNames> Read(ServiceClient client, CancellationToken cancellation)
    {
        try
        {
            var volumes = await client.List("/volumes", "volumes", cancellation);
            return new(volumes.ToDictionary(volume => volume.Id(), volume => volume.Text("name") ?? ""));
        }
        catch (ApiError)
        {
            return new([]);
        }
    }
}
