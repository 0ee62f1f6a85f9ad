using System.Text.Json;

namespace Cumulet.Qemu.CommandLine;

/// <summary>Device properties, the same for the command line (<c>-device</c> JSON) and <c>device_add</c>.</summary>
internal static class DeviceProperties
{
    /// <param name="place">Where it goes, or null for the machine's choice.</param>
    public static void WriteDrive(Utf8JsonWriter json, DriveSpec drive, DevicePlace? place, int ideUnit = 0)
    {
        switch (drive.Bus)
        {
            case DriveBus.Virtio:
                json.WriteString("driver"u8, "virtio-blk-pci"u8);
                json.WriteString("iothread"u8, "io0"u8);
                WritePlace(json, place);
                break;
            case DriveBus.Scsi:
                json.WriteString("driver"u8, drive.Optical ? "scsi-cd"u8 : "scsi-hd"u8);
                json.WriteString("bus"u8, "scsi0.0"u8);
                if (place?.Lun is { } lun)
                    json.WriteNumber("lun"u8, lun);
                break;
            case DriveBus.Ide:
                json.WriteString("driver"u8, "ide-hd"u8);
                json.WriteString("bus"u8, $"ide.{ideUnit}");
                break;
        }
        json.WriteString("id"u8, drive.Id);
        json.WriteString("drive"u8, drive.Node(drive.Layers[0]));
        // A full pool stops the guest until there is room; it never sees the error, nothing is lost.
        json.WriteString("werror"u8, "stop"u8);
        json.WriteString("rerror"u8, "stop"u8);
        if (drive.Serial is { } serial)
            json.WriteString("serial"u8, serial);
        if (drive.BootIndex is { } boot)
            json.WriteNumber("bootindex"u8, boot);
        if (drive.Shared)
            json.WriteBoolean("share-rw"u8, true);
    }

    private static void WritePlace(Utf8JsonWriter json, DevicePlace? place)
    {
        if (place is null)
            return;
        json.WriteString("bus"u8, place.Bus);
        if (place.Address is { } address)
            json.WriteString("addr"u8, address);
    }

    public static void WriteNic(Utf8JsonWriter json, NicSpec nic, DevicePlace? place)
    {
        json.WriteString("driver"u8, nic.Model switch
        {
            NicModel.E1000 => "e1000",
            NicModel.E1000e => "e1000e",
            NicModel.Rtl8139 => "rtl8139",
            _ => "virtio-net-pci",
        });
        json.WriteString("id"u8, nic.Id);
        json.WriteString("netdev"u8, nic.Id);
        json.WriteString("mac"u8, nic.Mac);
        WritePlace(json, place);
        if (nic.Mtu is { } mtu && nic.Model is NicModel.Virtio)
            json.WriteNumber("host_mtu"u8, mtu);
        if (nic.BootIndex is { } boot)
            json.WriteNumber("bootindex"u8, boot);
    }

    /// <param name="tap">Number of an inherited descriptor, or its name given with getfd.</param>
    public static void WriteNetdev(Utf8JsonWriter json, NicSpec nic, string tap, string? vhost)
    {
        json.WriteString("type"u8, "tap"u8);
        json.WriteString("id"u8, nic.Id);
        json.WriteString("fd"u8, tap);
        if (vhost is not null)
        {
            json.WriteBoolean("vhost"u8, true);
            json.WriteString("vhostfd"u8, vhost);
        }
    }
}
