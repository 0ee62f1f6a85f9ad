using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Flavors;

/// <summary>The flavors that every new cloud has: the well-known five and two that fit a small machine.</summary>
internal static class FlavorsOfANewCloud
{
    private static readonly FlavorRecord[] All =
    [
        new() { Id = "1", Name = "m1.tiny", RamMib = 512, DiskGib = 1, Vcpus = 1 },
        new() { Id = "2", Name = "m1.small", RamMib = 2048, DiskGib = 20, Vcpus = 1 },
        new() { Id = "3", Name = "m1.medium", RamMib = 4096, DiskGib = 40, Vcpus = 2 },
        new() { Id = "4", Name = "m1.large", RamMib = 8192, DiskGib = 80, Vcpus = 4 },
        new() { Id = "5", Name = "m1.xlarge", RamMib = 16384, DiskGib = 160, Vcpus = 8 },
        new() { Id = "42", Name = "m1.nano", RamMib = 128, DiskGib = 1, Vcpus = 1 },
        new() { Id = "84", Name = "m1.micro", RamMib = 192, DiskGib = 1, Vcpus = 1 },
    ];

    public static Task Add(Database database, TimeProvider time) => database.Write(tx =>
    {
        foreach (var flavor in All) FlavorStore.Insert(tx, flavor, time.GetUtcNow());
    });
}
