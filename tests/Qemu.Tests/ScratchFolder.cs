namespace Cumulet.Qemu.Tests;

/// <summary>A folder of one test, gone afterwards.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cq-");

    public string File(string name) => Path.Combine(_folder.FullName, name);

    public string Sized(string name, long bytes)
    {
        using var file = System.IO.File.Create(File(name));
        file.SetLength(bytes);
        return file.Name;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
