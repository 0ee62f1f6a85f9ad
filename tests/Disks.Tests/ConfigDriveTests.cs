using System.Text;
using Cumulet.Disks.ConfigDrive;
using Cumulet.Disks.Inspection;

namespace Cumulet.Disks.Tests;

public sealed class ConfigDriveTests : IDisposable
{
    private static readonly DateTimeOffset _time = new(2026, 7, 1, 12, 30, 15, TimeSpan.Zero);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("drive-");

    private static ConfigDriveFile[] Files =>
    [
        .. ((string[])["ec2/latest/meta-data.json", "ec2/2009-04-04/meta-data.json", "openstack/latest/meta_data.json", "openstack/latest/network_data.json",
            "openstack/latest/user_data", "openstack/latest/vendor_data.json", "openstack/latest/vendor_data2.json", "openstack/2018-08-27/meta_data.json", "openstack/content/0000"])
            .Select(p => new ConfigDriveFile(p, Encoding.UTF8.GetBytes($"content of {p}"))),
        new("openstack/content/empty", default),
        new("openstack/content/large", Enumerable.Range(0, 100_000).Select(i => (byte)(i * 7)).ToArray()),
        .. Enumerable.Range(0, 200).Select(i => new ConfigDriveFile($"openstack/many/a-rather-long-name-of-a-file-{i:0000}.json", new byte[] { (byte)i })),
    ];

    [Theory]
    [InlineData("nojoliet")]
    [InlineData("norock")]
    public void Build_unpacks_with_every_name_and_byte(string only)
    {
        var (image, target) = (Path.Combine(_directory.FullName, "drive.iso"), Path.Combine(_directory.FullName, only));
        File.WriteAllBytes(image, ConfigDriveImage.Build(Files, _time));

        Shell.Run("xorriso", "-abort_on", "WARNING", "-read_fs", only, "-osirrox", "on", "-indev", image, "-extract", "/", target);

        var found = Directory.GetFiles(target, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(target, f)).Order(StringComparer.Ordinal);
        Assert.Equal(Files.Select(f => f.Path).Order(StringComparer.Ordinal), found);
        Assert.All(Files, f => Assert.Equal(f.Content.ToArray(), File.ReadAllBytes(Path.Combine(target, f.Path))));
    }

    [Fact]
    public void Build_is_labelled_and_readable_by_other_readers()
    {
        var image = Path.Combine(_directory.FullName, "drive.iso");
        var bytes = ConfigDriveImage.Build(Files, _time);
        File.WriteAllBytes(image, bytes);

        Assert.Equal(ConfigDriveImage.Label, Shell.Run("blkid", "-p", "-s", "LABEL", "-o", "value", image).Trim());
        var joliet = Shell.Run("isoinfo", "-J", "-f", "-i", image);
        var rockRidge = Shell.Run("isoinfo", "-R", "-f", "-i", image);
        Assert.All(Files, f => Assert.Contains("/" + f.Path + "\n", rockRidge, StringComparison.Ordinal));
        Assert.All(Files, f => Assert.Contains("/" + f.Path, joliet, StringComparison.Ordinal));
        Assert.Contains("/OPENSTAC/LATEST/META_DAT.JSO;1", Shell.Run("isoinfo", "-f", "-i", image), StringComparison.Ordinal);
        Assert.Equal(new Verdict.Accepted(DiskFormat.Iso, bytes.Length), ImageInspector.Inspect(DiskFormat.Iso, ByteSource.Of(bytes), new()));
        Assert.Equal(bytes, ConfigDriveImage.Build([.. Files.Reverse()], _time));
    }

    [Theory]
    [InlineData("/absolute")]
    [InlineData("a//b")]
    [InlineData("a/../b")]
    [InlineData("")]
    public void Build_refuses_paths_that_leave_the_drive(string path) =>
        Assert.Throws<ArgumentException>(() => ConfigDriveImage.Build([new(path, default)], _time));

    [Fact]
    public void Build_refuses_the_same_path_twice() =>
        Assert.Throws<ArgumentException>(() => ConfigDriveImage.Build([new("a", default), new("a/b", default)], _time));

    public void Dispose()
    {
        Shell.Run("chmod", "-R", "u+w", _directory.FullName); // unpacked directories are read-only, as on the drive
        _directory.Delete(recursive: true);
    }
}
