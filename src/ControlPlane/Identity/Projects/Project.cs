namespace Cumulet.ControlPlane.Identity.Projects;

/// <summary>A project's or a domain's row.</summary>
internal sealed record Project
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    /// <summary>Null for a domain.</summary>
    public string? DomainId { get; init; }
    /// <summary>The project above, or the domain for one at the top; null for a domain.</summary>
    public string? ParentId { get; init; }
    public bool IsDomain { get; init; }
    public bool Enabled { get; init; } = true;
    public string Description { get; init; } = "";
    public string Options { get; init; } = "{}";
    public string Extra { get; init; } = "{}";
}
