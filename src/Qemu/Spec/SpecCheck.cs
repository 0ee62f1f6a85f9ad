using System.Text.RegularExpressions;

namespace Cumulet.Qemu;

/// <summary>Refuses a spec that QEMU would misread. Names field, value and mend.</summary>
internal static partial class SpecCheck
{
    public static void Check(VmSpec spec)
    {
        Require(spec.Vcpus is >= 1 and <= 1024, nameof(spec.Vcpus), spec.Vcpus, "use 1 to 1024");
        Require(spec.MemoryMiB is >= 1 and <= 64 * 1024 * 1024, nameof(spec.MemoryMiB), spec.MemoryMiB, "use at least 1 MiB");
        Require(spec.HotplugPorts is >= 0 and <= 128, nameof(spec.HotplugPorts), spec.HotplugPorts, "use 0 to 128");
        Require(spec.CpuModel is null || CpuPattern().IsMatch(spec.CpuModel), nameof(spec.CpuModel), spec.CpuModel, "use a model and +feature/-feature");
        foreach (var drive in spec.Drives)
            Check(drive);
        foreach (var nic in spec.Nics)
            Check(nic);
        var ids = spec.Drives.Select(drive => drive.Id).Concat(spec.Nics.Select(nic => nic.Id)).ToList();
        Require(ids.Distinct(StringComparer.Ordinal).Count() == ids.Count, "Id", string.Join(", ", ids), "give each drive and nic its own id");
    }

    public static void Check(DriveSpec drive)
    {
        Require(IdPattern().IsMatch(drive.Id), "Drive.Id", drive.Id, "use a letter, then at most 19 letters, digits, '-' or '_'");
        Require(drive.Layers.Count > 0, "Drive.Layers", drive.Id, "give at least the head");
        Require(drive.Serial is null || SerialPattern().IsMatch(drive.Serial), "Drive.Serial", drive.Serial, "use at most 20 letters, digits, '-' or '_'");
        foreach (var layer in drive.Layers)
            Require(LayerPattern().IsMatch(layer.Name), "Layer.Name", layer.Name, "use 1 to 8 letters or digits");
        Require(drive.Layers.DistinctBy(layer => layer.Name).Count() == drive.Layers.Count, "Layer.Name", drive.Id, "name each layer differently");
        foreach (var layer in drive.Layers.SkipLast(1))
            Require(layer.Format is LayerFormat.Qcow2, "Layer.Format", layer.Format, "only qcow2 can lie on another layer");
        foreach (var layer in drive.Layers)
            Require(layer.Secret is null || layer.Format is LayerFormat.Qcow2, "Layer.Secret", layer.Name, "only qcow2 layers are encrypted");
        Require(!drive.Shared || drive.Layers is [{ Format: LayerFormat.Raw }], "Drive.Shared", drive.Id, "a multi-attach disk is a single raw file");
    }

    public static void Check(NicSpec nic)
    {
        Require(IdPattern().IsMatch(nic.Id), "Nic.Id", nic.Id, "use a letter, then at most 19 letters, digits, '-' or '_'");
        Require(MacPattern().IsMatch(nic.Mac), "Nic.Mac", nic.Mac, "use six octets like fa:16:3e:00:00:01");
        Require(nic.Mtu is null or (>= 68 and <= 65535), "Nic.Mtu", nic.Mtu, "use 68 to 65535 bytes");
    }

    private static void Require(bool holds, string field, object? value, string mend)
    {
        if (!holds)
            throw new ArgumentException($"{field} is '{value}': {mend}");
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{0,19}$")]
    private static partial Regex IdPattern();

    [GeneratedRegex("^[A-Za-z0-9]{1,8}$")]
    private static partial Regex LayerPattern();

    [GeneratedRegex("^[A-Za-z0-9_-]{1,20}$")]
    private static partial Regex SerialPattern();

    [GeneratedRegex("^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$")]
    private static partial Regex MacPattern();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_.-]*(,[+-][A-Za-z0-9_.-]+)*$")]
    private static partial Regex CpuPattern();
}
