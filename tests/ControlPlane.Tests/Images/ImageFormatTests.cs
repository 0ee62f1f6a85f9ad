using System.Diagnostics;
using System.Net;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Images;
using static Cumulet.ControlPlane.Tests.Images.ImageClient;

namespace Cumulet.ControlPlane.Tests.Images;

/// <summary>Real images of every format, made by qemu-img: what disks are cloned from reads like the source.</summary>
public sealed class ImageFormatTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private const int Size = 2 << 20;

    private static async Task<byte[]> Make(string qemuFormat, string options, byte[] content)
    {
        var folder = Directory.CreateTempSubdirectory("image-format-");
        try
        {
            var (raw, made) = (Path.Combine(folder.FullName, "raw"), Path.Combine(folder.FullName, "made"));
            await File.WriteAllBytesAsync(raw, content);
            string[] arguments = ["convert", "-f", "raw", "-O", qemuFormat, .. options.Length > 0 ? new[] { "-o", options } : [], raw, made];
            using var tool = Process.Start(new ProcessStartInfo("qemu-img", arguments))!;
            await tool.WaitForExitAsync();
            Assert.Equal(0, tool.ExitCode);
            return await File.ReadAllBytesAsync(made);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private ImageRecord Record(string id) => cloud.Cloud.Parts.Database.Read(tx => ImageStore.FindAny(tx, id))!;

    [Theory]
    [InlineData("qcow2", "qcow2", "", false)]
    [InlineData("vmdk", "vmdk", "subformat=monolithicSparse", true)]
    [InlineData("vmdk", "vmdk", "subformat=streamOptimized", true)]
    [InlineData("vdi", "vdi", "", true)]
    [InlineData("vhd", "vpc", "subformat=dynamic,force_size=on", true)]
    [InlineData("vhd", "vpc", "subformat=fixed,force_size=on", true)]
    [InlineData("vhdx", "vhdx", "", true)]
    public async Task Upload_becomes_a_disk_that_reads_like_the_source(string diskFormat, string qemuFormat, string options, bool converted)
    {
        using var demo = await cloud.As("demo");
        var content = Bytes(Size);
        var bytes = await Make(qemuFormat, options, content);
        var id = await demo.CreateActive(bytes, diskFormat: diskFormat);
        var image = await demo.Get($"/v2/images/{id}");
        Assert.Equal(Size, image.GetProperty("virtual_size").GetInt64());
        Assert.Equal(bytes.Length, image.GetProperty("size").GetInt64());
        Assert.Equal(bytes, await demo.GetByteArrayAsync($"/image/v2/images/{id}/file"));
        var record = Record(id);
        Assert.Equal(converted, record.BootLayerId != record.LayerId);
        await using (var disk = await cloud.Cloud.Rooms.Layers.OpenRaw(record.BootLayerId!.Value, CancellationToken.None))
        {
            var read = new byte[Size];
            await disk.ReadExactlyAsync(read);
            Assert.Equal(content, read);
        }
        var ids = Layers.Ids(cloud);
        Assert.Contains(record.BootLayerId.Value, ids);
        using var deleted = await demo.DeleteAsync($"/image/v2/images/{id}");
        await Eventually.Holds(() => !Layers.Ids(cloud).Contains(record.BootLayerId.Value) && !Layers.Ids(cloud).Contains(record.LayerId!.Value));
    }

    [Fact]
    public async Task Derived_image_is_active_at_once_downloads_raw_and_gets_its_hashes()
    {
        using var demo = await cloud.As("demo");
        var content = Bytes(Size);
        var source = await demo.CreateActive(await Make("qcow2", "", content), diskFormat: "qcow2");
        var layer = Record(source).LayerId!.Value;
        var images = cloud.Cloud.Rooms.Images;
        var caller = Caller.Cloud with { ProjectId = cloud.First.DemoProjectId };
        var id = Guid.NewGuid().ToString();
        await cloud.Cloud.Parts.Database.Write(tx =>
        {
            images.CreateDerived(tx, caller, new DerivedImage { Id = id, Name = "snapshot", MinDiskGib = 1, Properties = new Dictionary<string, string> { ["image_type"] = "snapshot" } });
            images.CreateDerived(tx, caller, new DerivedImage { Id = id, Name = "snapshot again" });
        });
        Assert.Equal("saving", await demo.Status(id));
        Assert.True(await cloud.Cloud.Parts.Database.Write(tx => images.ActivateDerived(tx, id, layer, Size)));
        var image = await demo.Get($"/v2/images/{id}");
        Assert.Equal("active", image.GetProperty("status").GetString());
        Assert.Equal("snapshot", image.GetProperty("name").GetString());
        Assert.Equal("raw", image.GetProperty("disk_format").GetString());
        Assert.Equal(Size, image.GetProperty("size").GetInt64());
        Assert.Equal("snapshot", image.GetProperty("image_type").GetString());
        using (var deleted = await demo.DeleteAsync($"/image/v2/images/{source}")) await deleted.Must(HttpStatusCode.NoContent);
        Assert.Equal(content, await demo.GetByteArrayAsync($"/image/v2/images/{id}/file"));
        await Eventually.Holds(async () => (await demo.Get($"/v2/images/{id}")).GetProperty("checksum").GetString() == Md5(content));
        Assert.Equal(Sha512(content), (await demo.Get($"/v2/images/{id}")).GetProperty("os_hash_value").GetString());
        using (var deleted = await demo.DeleteAsync($"/image/v2/images/{id}")) await deleted.Must(HttpStatusCode.NoContent);
        await Eventually.Holds(() => !Layers.Ids(cloud).Contains(layer));
    }

    [Fact]
    public async Task Derived_image_that_fails_is_gone_and_one_that_was_deleted_does_not_come_back()
    {
        var images = cloud.Cloud.Rooms.Images;
        var caller = Caller.Cloud with { ProjectId = cloud.First.DemoProjectId };
        var id = Guid.NewGuid().ToString();
        await cloud.Cloud.Parts.Database.Write(tx => images.CreateDerived(tx, caller, new DerivedImage { Id = id, Name = "x" }));
        await cloud.Cloud.Parts.Database.Write(tx =>
        {
            images.FailDerived(tx, id);
            images.FailDerived(tx, id);
        });
        Assert.Null(cloud.Cloud.Parts.Database.Read(tx => images.FindAny(tx, id)));
        Assert.False(await cloud.Cloud.Parts.Database.Write(tx => images.ActivateDerived(tx, id, Guid.NewGuid(), 1)));
    }

    [Fact]
    public async Task First_start_brings_the_guest_image_and_a_later_one_does_not_bring_it_back()
    {
        var folder = Directory.CreateTempSubdirectory("guest-image-");
        var path = Path.Combine(folder.FullName, "guest.qcow2");
        var bytes = await Make("qcow2", "", Bytes(Size));
        await File.WriteAllBytesAsync(path, bytes);
        await using var fresh = new TestCloud { Configure = o => o with { GuestImagePath = path } };
        await fresh.InitializeAsync();
        using (var admin = await fresh.As("admin"))
        {
            var image = (await admin.Get("/v2/images?name=cumulet-linux")).GetProperty("images")[0];
            var id = image.GetProperty("id").GetString()!;
            Assert.Equal("public", image.GetProperty("visibility").GetString());
            await Eventually.Holds(async () => await admin.Status(id) == "active");
            using var demo = await fresh.As("demo");
            Assert.Equal(bytes, await demo.GetByteArrayAsync($"/image/v2/images/{id}/file"));
            using var deleted = await admin.DeleteAsync($"/image/v2/images/{id}");
            await deleted.Must(HttpStatusCode.NoContent);
        }
        await fresh.Restart();
        using var after = await fresh.As("admin");
        Assert.Equal(0, (await after.Get("/v2/images")).GetProperty("images").GetArrayLength());
        folder.Delete(recursive: true);
    }
}
