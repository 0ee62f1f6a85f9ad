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
    /// <summary>The file system under the pool answers with errors, or has become read-only.</summary>
    Unreachable,
    /// <summary><c>qemu-img</c> failed, or ran into one of its limits.</summary>
    ToolFailed,
}

/// <summary>A verb of the layer store failed. The message names field, value and mend; it holds no secret.</summary>
public sealed class DiskException(DiskFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The kind of failure.</summary>
    public DiskFault Fault { get; } = fault;

    /// <summary>An error of the file system by its name; null where it is another one's (errno: ENOSPC, EDQUOT, EFBIG; EIO, EROFS).</summary>
    public static DiskException? Of(IOException failure) => (failure.HResult & 0xFFFF) switch
    {
        28 or 122 or 27 => new(DiskFault.NoSpace, "The pool is full; free some space.", failure),
        5 or 30 => new(DiskFault.Unreachable,
            "The pool's file system cannot be read or written; the kernel's log says why. Mend it and try again.", failure),
        _ => null,
    };
}
