namespace Cumulet.Disks;

/// <summary>Why a verb of the layer store did not do its work; the API maps each to one status code.</summary>
public enum DiskFault
{
    /// <summary>The bytes are not an acceptable image of the declared format (the user's to mend).</summary>
    Refused,
    /// <summary>More bytes than the stated limit or length.</summary>
    TooLarge,
    /// <summary>The stream ended before the stated length.</summary>
    Truncated,
    /// <summary>A size that the disk or its base does not allow.</summary>
    BadSize,
    /// <summary>The layer has no file in this pool.</summary>
    NotFound,
    /// <summary>A layer of that id exists and is something else.</summary>
    Conflict,
    /// <summary>The layer is sealed, or not sealed, against what the verb needs.</summary>
    WrongState,
    /// <summary>Another process has the disk open for writing.</summary>
    Busy,
    /// <summary>The pool is full, or would fall under its floor of free space.</summary>
    NoSpace,
    /// <summary><c>qemu-img</c> failed, or ran into one of its limits.</summary>
    ToolFailed,
}

/// <summary>A verb of the layer store failed. The message names field, value and mend; it holds no secret.</summary>
public sealed class DiskException(DiskFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The kind of failure.</summary>
    public DiskFault Fault { get; } = fault;
}
