using System.Text.Json.Serialization;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>The flavor as it was when the server was made; the row keeps this copy.</summary>
public sealed record ServerFlavor
{
    /// <summary>The flavor's API id (<c>flavorid</c>).</summary>
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required int Vcpus { get; init; }
    public required long RamMib { get; init; }
    /// <summary>Root disk; 0 takes the image's own size.</summary>
    public required long DiskGib { get; init; }
    public long EphemeralGib { get; init; }
    public long SwapMib { get; init; }
    public Dictionary<string, string> ExtraSpecs { get; init; } = [];
}

/// <summary>What a server keeps of the image it was made from, for the guest's devices and for later rebuilds.</summary>
public sealed record ServerImage
{
    public string? Name { get; init; }
    public long MinDiskGib { get; init; }
    public long MinRamMib { get; init; }
    public Dictionary<string, string> Properties { get; init; } = [];
}

/// <summary>A file that the caller wants in the guest (up to microversion 2.56); it travels on the config drive.</summary>
public sealed record PersonalityFile(string Path, byte[] Contents);

[JsonSerializable(typeof(ServerFlavor))]
[JsonSerializable(typeof(ServerImage))]
[JsonSerializable(typeof(List<PersonalityFile>))]
[JsonSerializable(typeof(List<string>))]
internal sealed partial class ServerRowJson : JsonSerializerContext;
