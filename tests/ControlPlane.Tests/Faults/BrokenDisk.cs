namespace Cumulet.ControlPlane.Tests.Faults;

/// <summary>
/// A disk that answers EIO: a library in front of libc does it (failing-io.c), since only a device mapper could make a
/// device that does.
/// </summary>
internal sealed class BrokenDisk : Fault
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cumulet-broken-").FullName;
    private readonly string _what;

    /// <param name="what"><c>w</c>: writing and flushing fail; <c>r</c>: reading as well.</param>
    public BrokenDisk(string what)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/gcc") || File.Exists("/usr/bin/clang"), "no C compiler for the library that fails");
        _what = what;
        var library = Path.Combine(_folder, "failing-io.so");
        Run(File.Exists("/usr/bin/gcc") ? "gcc" : "clang", "-shared", "-fPIC", "-O1", "-w", "-o", library,
            Path.Combine(AppContext.BaseDirectory, "failing-io.c"), "-ldl");
        Environment = new Dictionary<string, string> { ["LD_PRELOAD"] = library, ["FAULT_FLAG"] = Flag, ["FAULT_ROOT"] = State };
    }

    private string Flag => Path.Combine(_folder, "flag");

    public override string State => Path.Combine(_folder, "state");
    public override IReadOnlyDictionary<string, string> Environment { get; }

    public override Task Strike() => File.WriteAllTextAsync(Flag, _what);

    public override Task Mend()
    {
        File.Delete(Flag);
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
