using Cumulet.Disks.Local;
using Cumulet.Qemu;

namespace Cumulet.ControlPlane.Compute.Hypervisor;

/// <summary>
/// The memory of a suspended guest: a large file, and a small one with the places of its devices that is written last and
/// removed first. With both the memory is whole and no instruction has run since.
/// </summary>
internal sealed class SavedMemory(string folder)
{
    private readonly string _places = Path.Combine(folder, "memory.json");

    public string File { get; } = Path.Combine(folder, "memory");

    public SavedPlaces? Places() => System.IO.File.Exists(_places) ? SavedPlaces.Parse(System.IO.File.ReadAllText(_places)) : null;

    /// <summary>The file is whole: both are on disk when this returns.</summary>
    public void Complete(SavedPlaces places)
    {
        using (var memory = System.IO.File.OpenHandle(File, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.FlushToDisk(memory);
        var part = _places + ".new";
        using (var stream = new FileStream(part, FileMode.Create))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(places.ToJson()));
            stream.Flush(flushToDisk: true);
        }
        System.IO.File.Move(part, _places, overwrite: true);
        Posix.SyncDirectory(folder);
    }

    /// <summary>Whatever changes a disk makes this memory wrong: it goes before the guest runs, also should the power fail then.</summary>
    public void Discard()
    {
        if (!System.IO.File.Exists(File) && !System.IO.File.Exists(_places)) return;
        System.IO.File.Delete(_places);
        Posix.SyncDirectory(folder);
        System.IO.File.Delete(File);
    }
}
