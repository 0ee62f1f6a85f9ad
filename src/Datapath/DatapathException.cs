namespace Cumulet.Datapath;

public enum DatapathFailure
{
    /// <summary>The plan contradicts itself. Applying it again cannot help; nothing was changed.</summary>
    BadPlan,

    /// <summary>A program is not installed; the message names the package.</summary>
    ToolMissing,

    /// <summary>The process may not make network namespaces.</summary>
    NoRights,

    /// <summary>The device asked for is not there, e.g. the tap of a port that was not applied.</summary>
    NoSuchDevice,

    /// <summary>The tap is held by another process.</summary>
    Busy,

    /// <summary>The kernel or a program refused; the message has its words. Apply the plan again to mend.</summary>
    Refused,
}

/// <summary>The only exception of this library's own.</summary>
public sealed class DatapathException(DatapathFailure failure, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public DatapathFailure Failure { get; } = failure;
}
