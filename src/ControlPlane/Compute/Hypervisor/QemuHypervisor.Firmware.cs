using Cumulet.Qemu;

namespace Cumulet.ControlPlane.Compute.Hypervisor;

/// <summary>UEFI: the variables of each guest, which are kept beside its other files.</summary>
public sealed partial class QemuHypervisor
{
    private FirmwareSpec FirmwareOf(VmPlan plan, SavedPlaces? saved)
    {
        if (!plan.Uefi) return new FirmwareSpec.Bios();
        try
        {
            var firmware = UefiFirmware.Find();
            var variables = VariablesOf(plan.Id);
            if (plan.ForgetsFirmware && saved is null) variables.Discard();
            variables.Begin(firmware.Variables);
            return new FirmwareSpec.Uefi(new DescriptorSource.File(firmware.Code), new DescriptorSource.File(variables.File));
        }
        catch (Exception failure) when (failure is UefiMissingException or IOException)
        {
            throw new HypervisorException($"The guest could not be started: its image wants UEFI (hw_firmware_type), and {failure.Message}", failure);
        }
    }

    private FirmwareVariables VariablesOf(Guid id) => new(FolderOf(id));

    public void ForgetFirmware(Guid id) => VariablesOf(id).Discard();

    public IReadOnlyDictionary<Guid, bool>? Kept() => Directory.Exists(_folder)
        ? Directory.EnumerateDirectories(_folder).Select(path => Guid.TryParse(Path.GetFileName(path), out var id) ? id : Guid.Empty)
            .Where(id => id != Guid.Empty).ToDictionary(id => id, id => VariablesOf(id).Exist)
        : new Dictionary<Guid, bool>();
}
