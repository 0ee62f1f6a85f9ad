namespace Cumulet.Cli;

/// <summary>The command line was understood, the work cannot be done. Ends with <see cref="ExitCode"/>.</summary>
public sealed class CommandError(string message, int exitCode = 1) : Exception(message)
{
    /// <summary>What the process returns.</summary>
    public int ExitCode { get; } = exitCode;
}

/// <summary>The command line is not understood. Ends with 2, as argparse does.</summary>
public sealed class UsageError(string message, string? usage = null) : Exception(message)
{
    /// <summary>The usage line to show before the message.</summary>
    public string? Usage { get; } = usage;
}
