namespace Cumulet.ControlPlane.Identity.Tokens;

/// <summary>What a token is good for.</summary>
internal abstract record TokenScope
{
    private TokenScope() { }

    public sealed record Unscoped : TokenScope;
    public sealed record Project(string Id) : TokenScope;
    public sealed record Domain(string Id) : TokenScope;
    public sealed record System : TokenScope;
}
