namespace Cumulet.ControlPlane.Compute.Flavors;

/// <summary>A size that servers can have. Servers copy it: what becomes of the flavor later does not change them.</summary>
public sealed record FlavorRecord
{
    /// <summary>The API's id (<c>flavorid</c>): a text the administrator chose, or a uuid.</summary>
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required long RamMib { get; init; }
    public required int Vcpus { get; init; }
    /// <summary>Root disk; 0 takes the image's own size.</summary>
    public required long DiskGib { get; init; }
    public long EphemeralGib { get; init; }
    public long SwapMib { get; init; }
    public double RxtxFactor { get; init; } = 1;
    public bool IsPublic { get; init; } = true;
    public bool Disabled { get; init; }
    public string? Description { get; init; }
    public IReadOnlyDictionary<string, string> ExtraSpecs { get; init; } = new Dictionary<string, string>();
}
