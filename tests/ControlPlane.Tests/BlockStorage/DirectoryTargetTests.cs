using Cumulet.ControlPlane.BlockStorage.Backups.Target;

namespace Cumulet.ControlPlane.Tests.BlockStorage;

/// <summary>Backups in a directory.</summary>
public sealed class DirectoryTargetTests : BackupTargetTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cumulet-target-").FullName;

    private string Aside => _folder + ".aside";

    // With what a shell's completion leaves at the end.
    protected override BackupDestination Destination => BackupDestination.Read(_folder + "/");
    protected override string Service => "cinder.backup.drivers.posix.PosixBackupDriver";
    protected override string ContainerOf(string backup) => $"{backup[..2]}/{backup[2..4]}/{backup}";
    protected override string PrefixOf(string backup) => $"^volume_{Volume}_[0-9]{{14}}_backup_{backup}$";

    protected override Task<List<string>> Files() =>
        Task.FromResult(Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).ToList());

    protected override Task<byte[]> Get(string file) => File.ReadAllBytesAsync(file, Cancel);
    protected override Task Put(string file, byte[] bytes) => File.WriteAllBytesAsync(file, bytes, Cancel);

    protected override Task Delete(string file)
    {
        File.Delete(file);
        return Task.CompletedTask;
    }

    protected override Task Away()
    {
        Directory.Move(_folder, Aside);
        return Task.CompletedTask;
    }

    protected override Task Back()
    {
        Directory.Move(Aside, _folder);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Nothing_is_left_of_the_folders_of_a_backup_that_was_removed()
    {
        await Remove(await Backup());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
