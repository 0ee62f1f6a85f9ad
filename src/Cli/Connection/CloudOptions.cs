namespace Cumulet.Cli.Connection;

/// <summary>What the command line (first) and the environment (second) say about the cloud.</summary>
/// <param name="Value">The setting of an option such as <c>--os-cloud</c>, from the line or else the environment.</param>
sealed record CloudOptions(Func<string, string?> Value)
{
    public bool Debug { get; init; }

    public bool Timing { get; init; }

    public bool Quiet { get; init; }

    public bool Verbose { get; init; }

    /// <summary>True for --insecure, false for --verify, null when neither is there.</summary>
    public bool? Insecure { get; init; }

    /// <summary>Only what the line says.</summary>
    public Func<string, string?> VersionOnLine { get; init; } = _ => null;
}
