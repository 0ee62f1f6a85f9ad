using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Image.Images;

/// <summary>The options that creating and setting an image have in common.</summary>
sealed class ImageOptions(Syntax syntax, string? defaultContainer, string? defaultDisk)
{
    private static readonly string[] Containers = ["ami", "ari", "aki", "bare", "docker", "ova", "ovf"];
    private static readonly string[] Disks = ["ami", "ari", "aki", "vhd", "vmdk", "raw", "qcow2", "vhdx", "vdi", "iso", "ploop"];

    private readonly Option<string?> _container = syntax.Value("--container-format", "<container-format>",
        "Format of what holds the image" + (defaultContainer is null ? "" : $" (default: {defaultContainer})"), Containers);
    private readonly Option<string?> _disk = syntax.Value("--disk-format", "<disk-format>",
        "Format of the disk" + (defaultDisk is null ? "" : $" (default: {defaultDisk})"), Disks);
    private readonly Option<string?> _minDisk = syntax.Value("--min-disk", "<disk-gb>", "Smallest disk that can boot it, in GiB");
    private readonly Option<string?> _minRam = syntax.Value("--min-ram", "<ram-mb>", "Smallest memory that can boot it, in MiB");
    private readonly Option<bool> _protected = syntax.FlagIn("protection", "--protected", "Keep the image from being deleted");
    private readonly Option<bool> _unprotected = syntax.FlagIn("protection", "--unprotected", "Allow the image to be deleted");
    private readonly Option<bool> _public = syntax.FlagIn("visibility", "--public", "Everybody may use the image");
    private readonly Option<bool> _private = syntax.FlagIn("visibility", "--private", "Only its project may use the image");
    private readonly Option<bool> _community = syntax.FlagIn("visibility", "--community", "Everybody may use the image, but it is not in their lists");
    private readonly Option<bool> _shared = syntax.FlagIn("visibility", "--shared", "Its project and members may use the image");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Set a property (repeatable)");

    public JsonObject Read(Call call)
    {
        var fields = call.Pairs(_properties);
        if ((call[_container] ?? defaultContainer) is { } container) fields["container_format"] = container;
        if ((call[_disk] ?? defaultDisk) is { } disk) fields["disk_format"] = disk;
        if (call.Number(_minDisk) is { } minDisk) fields["min_disk"] = minDisk;
        if (call.Number(_minRam) is { } minRam) fields["min_ram"] = minRam;
        if (call.Either(_protected, _unprotected) is { } isProtected) fields["protected"] = isProtected;
        string? visibility = call[_public] ? "public" : call[_private] ? "private" : call[_community] ? "community" : call[_shared] ? "shared" : null;
        if (visibility is not null) fields["visibility"] = visibility;
        return fields;
    }
}
