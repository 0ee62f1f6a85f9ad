namespace Cumulet.Qemu.Tests;

public sealed class HostTests
{
    [Theory]
    [InlineData("flags\t\t: fpu vmx sse\n", true, true)]
    [InlineData("flags\t\t: fpu svm sse\n", true, true)]
    [InlineData("flags\t\t: fpu sse\nvmx flags : vnmi\n", true, false)]
    [InlineData("flags\t\t: fpu vmx sse\n", false, false)]
    public void Accelerator_is_kvm_only_with_device_and_flag(string cpuinfo, bool device, bool kvm)
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("cpuinfo"), cpuinfo);
        if (device)
            folder.Sized("kvm", 0);
        Assert.Equal(kvm, Accelerator.Detect(folder.File("kvm"), folder.File("cpuinfo")) is Accelerator.Kvm);
    }

    [Fact]
    public void Binary_missing_names_the_package()
    {
        using var folder = new ScratchFolder();
        var missing = Assert.Throws<QemuMissingException>(() => QemuBinary.Find(folder.File("bin"), folder.File("kvm")));
        Assert.Contains("qemu-system-x86", missing.Message);
    }

    [Fact]
    public void Firmware_missing_names_the_package_and_half_of_one_is_none()
    {
        Assert.Contains("package ovmf", Assert.Throws<UefiMissingException>(() => UefiFirmware.Find(path => path.Contains("CODE", StringComparison.Ordinal))).Message);
        Assert.Equal("/usr/share/edk2/ovmf/OVMF_VARS.fd", UefiFirmware.Find(path => path.StartsWith("/usr/share/edk2/ovmf", StringComparison.Ordinal)).Variables);
    }

    [Fact]
    public async Task Console_log_tail_and_rotation()
    {
        using var folder = new ScratchFolder();
        var path = folder.File("console");
        Assert.Equal("", await ConsoleLog.TailAsync(path, null, 100, TestContext.Current.CancellationToken));
        await File.WriteAllTextAsync(path, "one\ntwo\nthree\n", TestContext.Current.CancellationToken);
        Assert.Equal("two\nthree\n", await ConsoleLog.TailAsync(path, 2, 100, TestContext.Current.CancellationToken));
        Assert.Equal("one\ntwo\nthree\n", await ConsoleLog.TailAsync(path, 9, 100, TestContext.Current.CancellationToken));
        Assert.Equal("", await ConsoleLog.TailAsync(path, 0, 100, TestContext.Current.CancellationToken));
        Assert.Equal("three\n", await ConsoleLog.TailAsync(path, null, 6, TestContext.Current.CancellationToken));
        Assert.False(ConsoleLog.Rotate(path, 14));
        Assert.True(ConsoleLog.Rotate(path, 6));
        Assert.Equal("three\n", await File.ReadAllTextAsync(path + ".1", TestContext.Current.CancellationToken));
        Assert.Equal(0, new FileInfo(path).Length);
    }
}
