namespace Cumulet.ControlPlane.Identity;

/// <summary>What the first start of a cloud made; the passwords exist nowhere else in the clear.</summary>
public sealed record FirstStart(
    string AdminProjectId, string AdminUserId, string DemoProjectId, string DemoUserId, string AdminPassword, string DemoPassword)
{
    /// <summary>Of the two passwords, as they are stored.</summary>
    public required (string Admin, string Demo) Hashes { get; init; }
}
