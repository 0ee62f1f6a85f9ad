using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using Cumulet.Disks.Encryption;
using Cumulet.Disks.Qcow2;
using Cumulet.Qemu.CommandLine;

namespace Cumulet.Qemu.Tests;

/// <summary>Disks whose layers are encrypted, under a guest that writes: nothing of it can be read without the key, nothing is lost.</summary>
public sealed class EncryptedTests
{
    private const long Size = 4 << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Acknowledged_writes_outlive_snapshots_merges_and_power_loss_and_none_lies_in_plain_text()
    {
        await using var qemu = new RealQemu();
        var (mine, other) = (NewKey(), NewKey());
        var log = qemu.Folder.File("console.log");
        var (image, clone, head) = (RealQemu.Raw("l0", qemu.Folder.Sized("image", (int)Size)), Layer(qemu, "l1", other), Layer(qemu, "l2", mine));
        var target = new DriveSpec { Id = "target", Layers = [head, clone, image] };
        var vm = await qemu.StartAsync(Spec(qemu, log, target));
        await vm.ContinueAsync(Cancellation);
        await GuestWriter.Goes(log, 40, Cancellation);

        var overlays = new List<LayerSpec>();
        for (var i = 0; i < 3; i++)
        {
            overlays.Add(Layer(qemu, $"o{i}", mine));
            await vm.SnapshotAsync([(target, overlays[^1])], Cancellation);
            await GuestWriter.Goes(log, 20, Cancellation);
        }
        // A layer of another key goes into one of ours: what it held is encrypted anew.
        await vm.MergeAsync(target, head, [clone], image, 0, Cancellation);
        await vm.MergeAsync(target, overlays[1], [overlays[0]], head, 0, Cancellation);
        await GuestWriter.Goes(log, 20, Cancellation);
        // What was merged away needs no secret any more.
        Assert.Equal(["target.l2-k", "target.o1-k", "target.o2-k"], (await vm.Qmp.QuerySecretsAsync(Cancellation)).Order());
        await vm.KillAsync(Cancellation);

        LayerSpec[] chain = [overlays[2], overlays[1], head, image];
        Assert.Null(GuestWriter.Wrong(Content(qemu, chain), GuestWriter.Acknowledged(log)));
        await GoesOnAfterTheKill(qemu, log, target with { Layers = chain });

        Assert.Null(GuestWriter.Wrong(Content(qemu, chain), GuestWriter.Acknowledged(log)));
        foreach (var layer in (LayerSpec[])[.. overlays, head, clone])
            Assert.DoesNotContain(GuestWriter.Acknowledged(log), number => Holds(layer, number));
    }

    // The guest begins again at number 0: the file of acknowledgements is begun anew with it.
    private static async Task GoesOnAfterTheKill(RealQemu qemu, string log, DriveSpec target)
    {
        File.Delete(log);
        var vm = await qemu.StartAsync(Spec(qemu, log, target));
        await vm.ContinueAsync(Cancellation);
        await GuestWriter.Goes(log, 20, Cancellation);
        await vm.KillAsync(Cancellation);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Merge_is_durable_when_it_has_ended_and_the_process_dies_at_that_moment(bool encrypted)
    {
        await using var qemu = new RealQemu();
        var data = new byte[Size];
        new Random(7).NextBytes(data);
        await File.WriteAllBytesAsync(qemu.Folder.File("image"), data, Cancellation);
        var image = RealQemu.Raw("l0", qemu.Folder.File("image"));
        var head = Layer(qemu, "l1", encrypted ? NewKey() : null);
        var drive = new DriveSpec { Id = "target", Layers = [head, image] };
        var vm = await qemu.StartAsync(RealQemu.Spec with { Drives = [drive] });

        await vm.MergeAsync(drive, head, [image], null, 0, Cancellation);
        await vm.KillAsync(Cancellation);

        Assert.True(data.AsSpan().SequenceEqual(Content(qemu, [head])), "what was merged is not in the file");
    }

    [Fact]
    public async Task Suspended_guest_goes_on_writing_to_its_encrypted_disk()
    {
        await using var qemu = new RealQemu();
        var log = qemu.Folder.File("console.log");
        var spec = Spec(qemu, log, new DriveSpec { Id = "target", Layers = [Layer(qemu, "l0", NewKey())] });
        var vm = await qemu.StartAsync(spec);
        await vm.ContinueAsync(Cancellation);
        await GuestWriter.Goes(log, 20, Cancellation);

        var places = SavedPlaces.Parse((await vm.SaveAsync(qemu.Folder.File("memory"), Cancellation)).ToJson());
        await vm.QuitAsync(TimeSpan.FromSeconds(10), Cancellation);
        var before = GuestWriter.Acknowledged(log).Count;
        var again = await qemu.StartAsync(spec with { Saved = places });
        await again.LoadAsync(qemu.Folder.File("memory"), Cancellation);
        await again.ContinueAsync(Cancellation);
        await GuestWriter.Goes(log, 20, Cancellation);
        await again.KillAsync(Cancellation);

        Assert.True(GuestWriter.Acknowledged(log).Count >= before + 20);
        Assert.Null(GuestWriter.Wrong(Content(qemu, [.. spec.Drives[1].Layers]), GuestWriter.Acknowledged(log)));
    }

    [Fact]
    public async Task Key_is_in_no_argument_no_log_and_no_file_that_the_process_keeps()
    {
        await using var qemu = new RealQemu();
        var key = NewKey();
        var vm = await qemu.StartAsync(RealQemu.Spec with { Drives = [new DriveSpec { Id = "vda", Layers = [Layer(qemu, "l0", key)] }] });
        var process = $"/proc/{vm.Handle.Pid}";

        Assert.Contains("secret,id=vda.l0-k,file=/proc/self/fd/", File.ReadAllText($"{process}/cmdline"), StringComparison.Ordinal);
        Assert.DoesNotContain(key.Passphrase, File.ReadAllText($"{process}/cmdline"), StringComparison.Ordinal);
        Assert.DoesNotContain(key.Passphrase, File.ReadAllText($"{process}/environ"), StringComparison.Ordinal);
        Assert.DoesNotContain(key.Passphrase, File.ReadAllText(qemu.Folder.File("qemu.log")), StringComparison.Ordinal);
        var memory = Directory.GetFiles($"{process}/fd").Where(fd => File.ResolveLinkTarget(fd, false)?.Name.StartsWith("memfd:key", StringComparison.Ordinal) == true).ToList();
        Assert.Single(memory);
        Assert.Empty(File.ReadAllBytes(memory[0]));
        Assert.DoesNotContain(key.Passphrase, Layer(qemu, "l1", key).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drive_plugs_grows_and_unplugs_and_its_secrets_go_with_it()
    {
        await using var qemu = new RealQemu();
        var vm = await qemu.StartAsync(RealQemu.Spec);
        var key = NewKey();
        var drive = new DriveSpec { Id = "vdb", Layers = [Layer(qemu, "l1", key), Layer(qemu, "l0", key)] };
        await vm.PlugDriveAsync(drive, Cancellation);
        await vm.ResizeDriveAsync("vdb", 2 * Size, Cancellation);

        Assert.Equal(2 * Size, (await vm.DisksAsync(Cancellation))["vdb"].VirtualSize);
        Assert.Equal(["vdb.l0-k", "vdb.l1-k"], (await vm.Qmp.QuerySecretsAsync(Cancellation)).Order());
        await PlugTests.UnplugWithResetAsync(vm, patience => vm.UnplugDriveAsync("vdb", patience, Cancellation));
        Assert.Empty(await vm.Qmp.QuerySecretsAsync(Cancellation));
        Assert.Empty(await vm.Qmp.QueryNamedBlockNodesAsync(Cancellation));
    }

    [Fact]
    public async Task Wrong_key_is_refused_and_nothing_of_the_drive_stays()
    {
        await using var qemu = new RealQemu();
        var vm = await qemu.StartAsync(RealQemu.Spec);
        var wrong = NewKey();
        var layer = Layer(qemu, "l0", NewKey()) with { Secret = new LayerSecret(wrong.Passphrase) };

        var refused = await Assert.ThrowsAsync<Qmp.QmpCommandException>(() => vm.PlugDriveAsync(new DriveSpec { Id = "vdb", Layers = [layer] }, Cancellation));
        Assert.Contains("Invalid password", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(wrong.Passphrase, refused.ToString(), StringComparison.Ordinal);
        Assert.Empty(await vm.Qmp.QuerySecretsAsync(Cancellation));
        Assert.Empty(await vm.Qmp.QueryNamedBlockNodesAsync(Cancellation));
    }

    [Fact]
    public void Raw_layers_are_not_encrypted()
    {
        var spec = RealQemu.Spec with
        {
            Drives = [new DriveSpec { Id = "vda", Layers = [RealQemu.Raw("l0", "/nowhere") with { Secret = new LayerSecret("x") }] }],
        };
        var refused = Assert.Throws<ArgumentException>(() => QemuCommandLine.Build(spec, DescriptorLayout.For(spec), new QemuHost("qemu", new Accelerator.Tcg("tests"), AioMode.Threads, new HashSet<string>())));
        Assert.StartsWith("Layer.Secret is 'l0'", refused.Message, StringComparison.Ordinal);
    }

    private static LayerKey NewKey() => LayerKey.Of(RandomNumberGenerator.GetBytes(LayerKey.SecretBytes), 256);

    private static LayerSpec Layer(RealQemu qemu, string name, LayerKey? key)
    {
        var path = qemu.Folder.File(name);
        using (var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite))
            Qcow2Overlay.Write(file, Size, null, null, key);
        return new LayerSpec(name, LayerFormat.Qcow2, new DescriptorSource.File(path), key is null ? null : new LayerSecret(key.Passphrase));
    }

    private static VmSpec Spec(RealQemu qemu, string log, DriveSpec target) => RealQemu.Spec with
    {
        Drives =
        [
            new DriveSpec { Id = "boot", Layers = [RealQemu.Raw("l0", GuestWriter.BootDisk(qemu.Folder.File("boot")))], BootIndex = 0 },
            target,
        ],
        Console = new ConsoleSpec(log),
    };

    /// <summary>Whether the words that the guest wrote for a number stand in a layer's file.</summary>
    private static bool Holds(LayerSpec layer, uint number)
    {
        var words = new byte[32];
        for (var i = 0; i < words.Length / 4; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(words.AsSpan(4 * i), unchecked((number * 0x9E3779B1u) + (uint)(i + 2)));
        return File.ReadAllBytes(((DescriptorSource.File)layer.Source).Path).AsSpan().IndexOf(words) >= 0;
    }

    private static byte[] Content(RealQemu qemu, LayerSpec[] layers)
    {
        List<string> arguments = ["convert"];
        var json = "null";
        foreach (var layer in layers.Reverse())
        {
            var file = $"\"file\":{{\"driver\":\"file\",\"filename\":\"{((DescriptorSource.File)layer.Source).Path}\"}}";
            if (layer.Secret is { } secret)
            {
                File.WriteAllText(qemu.Folder.File($"{layer.Name}.key"), secret.Passphrase);
                arguments.AddRange(["--object", $"secret,id={layer.Name}-k,file={qemu.Folder.File($"{layer.Name}.key")}"]);
                file += $",\"encrypt\":{{\"format\":\"luks\",\"key-secret\":\"{layer.Name}-k\"}}";
            }
            json = layer.Format is LayerFormat.Raw ? $"{{\"driver\":\"raw\",{file}}}" : $"{{\"driver\":\"qcow2\",{file},\"backing\":{json}}}";
        }
        var raw = qemu.Folder.File("content");
        using var process = Process.Start("qemu-img", [.. arguments, "-O", "raw", $"json:{json}", raw]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return File.ReadAllBytes(raw);
    }
}
