using System.Globalization;

namespace Cumulet.Qemu;

/// <summary>What the launcher puts QEMU into before it becomes QEMU.</summary>
public sealed record Confinement
{
    /// <summary>User and group id for this VM alone (e.g. 200000 + n), or null to stay who we are. Needs root.</summary>
    public uint? Uid { get; init; }

    /// <summary>Own network, IPC and mount namespace. Needs root.</summary>
    public bool Namespaces { get; init; } = true;

    /// <summary>Landlock where the kernel has it: read-only system files, nothing else by path.</summary>
    public bool Landlock { get; init; } = true;

    /// <summary>Limit of open files.</summary>
    public int OpenFiles { get; init; } = 8192;
}

/// <summary>A layer of confinement that this host or user could not give.</summary>
public sealed record SkippedConfinement(string Layer, string Reason);

/// <summary>The launcher's command line: options, <c>--</c>, then QEMU's argv.</summary>
internal sealed record LauncherOptions(
    uint? Uid, IReadOnlyList<uint> Groups, bool Namespaces, bool Landlock, int OpenFiles, int LastDescriptor, bool Kvm, IReadOnlyList<string> Argv)
{
    public IReadOnlyList<string> ToArguments() =>
    [
        $"uid={(Uid is { } uid ? uid.ToString(CultureInfo.InvariantCulture) : "")}", $"groups={string.Join(',', Groups)}",
        $"namespaces={Namespaces}", $"landlock={Landlock}",
        $"open-files={OpenFiles.ToString(CultureInfo.InvariantCulture)}",
        $"last-descriptor={LastDescriptor.ToString(CultureInfo.InvariantCulture)}",
        $"kvm={Kvm}", "--", .. Argv,
    ];

    /// <exception cref="FormatException">Not what <see cref="ToArguments"/> writes.</exception>
    public static LauncherOptions Parse(IReadOnlyList<string> arguments)
    {
        var end = arguments.ToList().IndexOf("--");
        if (end < 0 || end == arguments.Count - 1)
            throw new FormatException("launch-vm is for Cumulet itself: it takes options, '--' and the command line of QEMU");
        var options = arguments.Take(end).Select(option => option.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[^1]);
        string Option(string name) => options.TryGetValue(name, out var value) ? value : throw new FormatException($"launch-vm lacks {name}=");
        return new LauncherOptions(
            Option("uid") is { Length: > 0 } uid ? uint.Parse(uid, CultureInfo.InvariantCulture) : null,
            [.. Option("groups").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(group => uint.Parse(group, CultureInfo.InvariantCulture))],
            bool.Parse(Option("namespaces")), bool.Parse(Option("landlock")),
            int.Parse(Option("open-files"), CultureInfo.InvariantCulture),
            int.Parse(Option("last-descriptor"), CultureInfo.InvariantCulture),
            bool.Parse(Option("kvm")), [.. arguments.Skip(end + 1)]);
    }
}
