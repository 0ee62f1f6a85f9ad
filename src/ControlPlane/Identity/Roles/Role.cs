namespace Cumulet.ControlPlane.Identity.Roles;

/// <summary>A role; one with a domain is that domain's own and shows in tokens only through the roles it implies.</summary>
internal sealed record Role
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public string? DomainId { get; init; }
    public string? Description { get; init; }
    public string Options { get; init; } = "{}";
    public string Extra { get; init; } = "{}";
}
