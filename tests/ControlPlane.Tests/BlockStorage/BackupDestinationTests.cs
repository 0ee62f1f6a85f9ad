using Cumulet.ControlPlane.BlockStorage.Backups.Target;

namespace Cumulet.ControlPlane.Tests.BlockStorage;

/// <summary>What <c>--backup-target</c> may name.</summary>
public sealed class BackupDestinationTests : IDisposable
{
    private const string Secret = "the secret of this bucket";
    private const string Good = $"""
        # the backups
        endpoint = https://s3.example.com
        bucket = backups
        access_key = reader
        secret_key = {Secret}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("cumulet-destination-").FullName;

    private string FileOf(string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var path = Path.Combine(_folder, "bucket.conf");
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, mode);
        return path;
    }

    [Fact]
    public void File_names_a_bucket()
    {
        var settings = Assert.IsType<BackupDestination.InBucket>(BackupDestination.Read(FileOf(Good))).Bucket;
        Assert.Equal(("https://s3.example.com/", "backups", "us-east-1", "reader", Secret, true), (settings.Endpoint.AbsoluteUri,
            settings.Bucket, settings.Region, settings.AccessKey, settings.SecretKey, settings.PathStyle));
        settings = ((BackupDestination.InBucket)BackupDestination.Read(FileOf(Good + "\nregion=eu-west-1\npath_style = false\n"))).Bucket;
        Assert.Equal(("eu-west-1", false), (settings.Region, settings.PathStyle));
        Assert.DoesNotContain(Secret, $"{settings} {new BackupDestination.InBucket(settings)}", StringComparison.Ordinal);
        Assert.Equal(new BackupDestination.InDirectory(_folder), BackupDestination.Read(_folder));
    }

    [Theory]
    [InlineData("", "no line 'endpoint = …'")]
    [InlineData("endpoint = https://s3.example.com\naccess_key = a\nsecret_key = b", "no line 'bucket = …'")]
    [InlineData(Good + "\ncolour = green", "line 6: it must be NAME = VALUE")]
    [InlineData(Good + "\n" + Secret, "line 6: it must be NAME = VALUE")]
    [InlineData(Good + "\nbucket = other", "bucket is there twice")]
    [InlineData(Good + "\nregion =", "region has no value")]
    [InlineData(Good + "\npath_style = maybe", "true or false")]
    [InlineData("endpoint = s3.example.com\nbucket = backups\naccess_key = a\nsecret_key = b", "endpoint must be")]
    [InlineData("endpoint = https://s3.example.com/backups\nbucket = backups\naccess_key = a\nsecret_key = b", "endpoint must be")]
    [InlineData("endpoint = https://s3.example.com\nbucket = ../up\naccess_key = a\nsecret_key = b", "no name of a bucket")]
    public void File_that_is_wrong_is_refused_in_a_line_without_its_secrets(string text, string expected)
    {
        var wrong = Assert.Throws<FormatException>(() => BackupDestination.Read(FileOf(text)));
        Assert.Contains(expected, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_that_others_can_read_is_refused_and_so_is_what_is_not_there()
    {
        var open = FileOf(Good, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        foreach (var (path, word) in new[] { (open, "chmod 600"), (open + ".no", "no such directory or file") })
            Assert.Contains(word, Assert.Throws<FormatException>(() => BackupDestination.Read(path)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
