namespace Cumulet.ControlPlane.Identity.Groups;

internal sealed record Group
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string DomainId { get; init; }
    public string Description { get; init; } = "";
    public string Extra { get; init; } = "{}";
}
