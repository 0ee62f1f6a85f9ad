using System.Globalization;

namespace Cumulet.Disks.Sandbox;

/// <summary>
/// The uses of <c>qemu-img</c>: every image as an explicit graph, never by a bare name, so that nothing is probed and no
/// header chooses a backing. Paths are relative to the pool, because the tool's user may not enter what lies above it.
/// </summary>
internal sealed class QemuImg(ToolLimits limits, string root)
{
    // What an image may take beside the guest's data: tables of qcow2 at their worst (512-byte clusters are not made here).
    private const long Overhead = 64 << 20;

    // The exit code of "check" for an image that is whole but holds space for nothing.
    private const int LeaksOnly = 3;

    private readonly ToolProcess _tool = new(limits, root);

    /// <summary>Writes the content of a chain into an existing, empty file as raw.</summary>
    public Task ConvertToRawAsync(DiskChain source, long size, string target, CancellationToken cancellationToken) =>
        _tool.RunAsync(new(
            ["convert", "-q", "-O", "raw", source.ToJsonFilename(root), Relative(target)],
            Paths(source), [target], size + Overhead, size) { Encrypted = Encrypted(source) }, cancellationToken);

    /// <summary>Writes the content of a chain into an existing qcow2 image that is empty and at least as large.</summary>
    public Task ConvertToQcow2Async(DiskChain source, long size, DiskLayer target, CancellationToken cancellationToken) =>
        _tool.RunAsync(new(
            ["convert", "-q", "-n", "--target-is-zero", "--target-image-opts", source.ToJsonFilename(root),
                Options(target)],
            Paths(source), [target.Path], WithTables(size), size) { Encrypted = [.. Encrypted(source), .. Encrypted(target)] }, cancellationToken);

    /// <summary>Changes the virtual size of the top of a chain.</summary>
    public Task ResizeAsync(DiskChain chain, long size, CancellationToken cancellationToken) =>
        _tool.RunAsync(new(
            ["resize", "-q", chain.ToJsonFilename(root), size.ToString(CultureInfo.InvariantCulture)],
            Paths(chain)[1..], [chain.Top.Path], Grown(chain.Top, size), 0) { Encrypted = Encrypted(chain) }, cancellationToken);

    // The longest note of a backing file that a header takes.
    private const int LongestNote = 1023;

    /// <summary>
    /// Copies into the top of a chain whatever would read differently on <paramref name="newBase"/>. The note of the backing file
    /// is for the caller to write afterwards.
    /// </summary>
    /// <remarks>
    /// qemu-img writes the graph of the new base as that note, which for a deep chain is longer than a note may be. That is the
    /// last thing it does, everything is copied by then, and the note is not wanted: so that it fails there is no failure.
    /// </remarks>
    public Task RebaseAsync(DiskChain chain, DiskChain? newBase, long size, CancellationToken cancellationToken)
    {
        var tooLong = newBase?.ToJsonFilename(root).Length > LongestNote;
        string[] onto = newBase is null ? ["-b", ""] : ["-b", newBase.ToJsonFilename(root), "-F", newBase.Top.Format.QemuDriver()];
        return _tool.RunAsync(new(
            ["rebase", "-q", .. onto, chain.ToJsonFilename(root)],
            [.. Paths(chain)[1..], .. newBase is null ? [] : Paths(newBase)], [chain.Top.Path], Grown(chain.Top, size), size)
        {
            Encrypted = [.. Encrypted(chain), .. newBase is null ? [] : Encrypted(newBase)],
            Forgiven = tooLong
                ? error => error.Contains("Could not change the backing file to 'json:", StringComparison.Ordinal) && error.EndsWith(": Invalid argument", StringComparison.Ordinal)
                : null,
        }, cancellationToken);
    }

    /// <summary>Changes the note of the backing file in a header, and nothing else; no backing is opened (-u).</summary>
    public Task NoteBackingAsync(DiskLayer layer, string? note, DiskFormat? format, CancellationToken cancellationToken)
    {
        string[] onto = note is null ? ["-b", ""] : ["-b", note, "-F", (format ?? DiskFormat.Raw).QemuDriver()];
        return _tool.RunAsync(new(
            ["rebase", "-q", "-u", .. onto, "--image-opts", Options(layer)],
            [], [layer.Path], long.MaxValue, 0) { Encrypted = Encrypted(layer) }, cancellationToken);
    }

    /// <summary>Checks the tables of one qcow2 layer, without its backing; throws when they are damaged. Clusters that
    /// nothing uses (what a killed writer leaves) are no damage.</summary>
    public Task CheckAsync(DiskLayer layer, CancellationToken cancellationToken) =>
        _tool.RunAsync(new(
            ["check", "-q", new DiskChain([layer]).ToJsonFilename(root)], [layer.Path], [], Overhead, new FileInfo(layer.Path).Length, LeaksOnly)
            { Encrypted = Encrypted(layer) }, cancellationToken);

    /// <summary>Gives back clusters that nothing uses.</summary>
    public Task FreeLeaksAsync(DiskLayer layer, CancellationToken cancellationToken) =>
        _tool.RunAsync(new(
            ["check", "-q", "-r", "leaks", new DiskChain([layer]).ToJsonFilename(root)],
            [], [layer.Path], long.MaxValue, new FileInfo(layer.Path).Length, LeaksOnly) { Encrypted = Encrypted(layer) }, cancellationToken);

    private string Relative(string path) => Path.GetRelativePath(root, path);

    private string Options(DiskLayer layer) =>
        $"driver=qcow2,file.driver=file,file.filename={Relative(layer.Path)}"
        + (layer.Key is null ? "" : $",encrypt.format=luks,encrypt.key-secret={layer.SecretId}");

    private static DiskLayer[] Encrypted(DiskChain chain) => [.. chain.Layers.Where(l => l.Key is not null)];

    private static DiskLayer[] Encrypted(DiskLayer layer) => layer.Key is null ? [] : [layer];

    private static string[] Paths(DiskChain chain) => [.. chain.Layers.Select(l => l.Path)];

    // An image may be longer than its disk is large: what was freed inside it is still its length.
    private static long Grown(DiskLayer layer, long size) =>
        layer.Format == DiskFormat.Raw ? size : Math.Min(long.MaxValue / 2, WithTables(size)) + new FileInfo(layer.Path).Length;

    private static long WithTables(long size) => Math.Min(long.MaxValue - Overhead, size + (size >> 8)) + Overhead;
}
