using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// The machine that an image asks for by its properties; pure. Rule: nova/objects/image_meta.py (hw_machine_type, hw_firmware_type,
/// hw_firmware_stateless, os_secure_boot) and nova/virt/libvirt/driver.py.
/// </summary>
/// <param name="IsOld">i440FX in place of q35.</param>
/// <param name="Forgets">UEFI begins each start with fresh variables.</param>
internal sealed record GuestMachine(bool IsOld, bool IsUefi, bool Forgets)
{
    /// <summary>Of properties that <see cref="Require"/> has let through.</summary>
    public static GuestMachine Of(ServerImage image)
    {
        var properties = image.Properties;
        return new GuestMachine(
            properties.GetValueOrDefault("hw_machine_type", "") is var type && (type == "pc" || type.StartsWith("pc-i440fx", StringComparison.Ordinal)),
            properties.GetValueOrDefault("hw_firmware_type") == "uefi",
            IsTrue(properties.GetValueOrDefault("hw_firmware_stateless")));
    }

    /// <summary>400 for a machine that this cloud does not have.</summary>
    /// <param name="whose">What has the properties, for the message.</param>
    public static void Require(string whose, IReadOnlyDictionary<string, string> properties, ServerFlavor flavor)
    {
        if (properties.TryGetValue("hw_machine_type", out var type) && !IsKnown(type))
            throw Refused(whose, "hw_machine_type", type, "this cloud has q35 and pc");
        if (properties.TryGetValue("hw_firmware_type", out var firmware) && firmware is not ("bios" or "uefi"))
            throw Refused(whose, "hw_firmware_type", firmware, "use uefi or bios");
        if (IsTrue(properties.GetValueOrDefault("hw_firmware_stateless")) && firmware != "uefi")
            throw Refused(whose, "hw_firmware_stateless", "true", "only hw_firmware_type=uefi has a state");
        if (properties.TryGetValue("os_secure_boot", out var secure) && secure is not ("disabled" or "optional"))
            throw Refused(whose, "os_secure_boot", secure, "this cloud's firmware has no keys enrolled, so nothing can be required to be signed; use optional or disabled");
        if (flavor.ExtraSpecs.GetValueOrDefault("os:secure_boot") == "required")
            throw Fault.BadRequest($"Flavor {flavor.Name} has os:secure_boot 'required': this cloud's firmware has no keys enrolled, so nothing can be required to be signed.");
    }

    // With a version, as libvirt lists them, the newest of its kind is taken.
    private static bool IsKnown(string type) =>
        type is "pc" or "q35" || type.StartsWith("pc-i440fx-", StringComparison.Ordinal) || type.StartsWith("pc-q35-", StringComparison.Ordinal);

    private static bool IsTrue(string? text) => text?.Trim().ToLowerInvariant() is "true" or "1" or "yes" or "on";

    private static Fault Refused(string whose, string name, string value, string mend) =>
        Fault.BadRequest($"Invalid image property: {whose} has {name} '{value.Truncated()}': {mend}.");
}
