namespace Cumulet.Qemu.Qmp;

/// <summary>What can go wrong between us and a QEMU monitor. Closed: the four cases below are all.</summary>
public abstract class QmpException : Exception
{
    private protected QmpException(string message, Exception? inner = null) : base(message, inner) { }
}

/// <summary>QEMU understood the command and refused it. The connection stays usable.</summary>
public sealed class QmpCommandException(string command, string errorClass, string description)
    : QmpException($"QEMU refused {command}: {description}")
{
    public string Command => command;

    /// <summary>QAPI error class, mostly <c>GenericError</c>, else <c>DeviceNotFound</c>, <c>CommandNotFound</c> …</summary>
    public string ErrorClass => errorClass;

    public string Description => description;
}

/// <summary>No answer within the limit. The connection is poisoned: answers could no longer be told apart.</summary>
public sealed class QmpTimeoutException(string waitedFor, TimeSpan limit)
    : QmpException($"QEMU did not answer {waitedFor} within {limit.TotalSeconds:0.###} s; the monitor connection was given up");

/// <summary>The peer does not speak QMP. The connection is closed.</summary>
public sealed class QmpProtocolException(string message, Exception? inner = null) : QmpException(message, inner);

/// <summary>The connection ended, mostly because the QEMU process did.</summary>
public sealed class QmpClosedException(string message, Exception? inner = null) : QmpException(message, inner);
