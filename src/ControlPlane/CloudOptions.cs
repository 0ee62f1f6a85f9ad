using System.Net;
using Cumulet.ControlPlane.BlockStorage.Backups.Target;
using Cumulet.ControlPlane.Identity.Users;

namespace Cumulet.ControlPlane;

public enum HypervisorKind { Qemu, Fake }

/// <summary>What a cloud is started with.</summary>
public sealed record CloudOptions
{
    /// <summary>Everything the cloud keeps: database, disks, keys. Mode 0700.</summary>
    public required string StateDirectory { get; init; }
    public required IPEndPoint Listen { get; init; }
    /// <summary>Path of the private socket by which the commands speak to the daemon; null has none.</summary>
    public string? ControlSocket { get; init; }
    public HypervisorKind Hypervisor { get; init; } = HypervisorKind.Qemu;
    /// <summary>Npgsql connection string; null keeps the state in SQLite inside the state folder.</summary>
    public string? Postgres { get; init; }
    /// <summary>PEM certificate and key; needed where <see cref="Listen"/> is not loopback.</summary>
    public string? CertificatePath { get; init; }
    public string? CertificateKeyPath { get; init; }
    public string Region { get; init; } = "RegionOne";
    /// <summary>bcrypt's work factor for passwords and secrets: 2 to the power of it.</summary>
    public int PasswordCost { get; init; } = 12;
    public PasswordRules PasswordRules { get; init; } = new();
    /// <summary>The image that the first start registers; null where there is none.</summary>
    public string? GuestImagePath { get; init; }
    /// <summary>Bytes that one image may have.</summary>
    public long ImageSizeCap { get; init; } = 1L << 40;
    /// <summary>Bytes of the pool's file system that stay free of new work, so that guests can go on writing.</summary>
    public long DiskReserve { get; init; } = 1L << 30;
    /// <summary>A place outside of the pool where backups are kept; null keeps them in the pool.</summary>
    public BackupDestination? BackupTarget { get; init; }
    /// <summary>How many times the pool's size may be promised to disks, which are thin.</summary>
    public double DiskRatio { get; init; } = 20;
    /// <summary>Lets <c>web-download</c> fetch images from this machine and private networks, at any port: for tests and closed labs.</summary>
    public bool AllowLocalWebDownload { get; init; }
    /// <summary>The fake hypervisor's number of compute hosts.</summary>
    public int FakeHosts { get; init; } = 1;
    /// <summary>The program that starts QEMU for us, called with <c>launch-vm</c>; this very binary.</summary>
    public string LauncherPath { get; init; } = Environment.ProcessPath ?? "cumulet";
    /// <summary>Its arguments before those of the launch; more than the one word only where the program is run by another.</summary>
    public IReadOnlyList<string> LauncherArguments { get; init; } = ["launch-vm"];
    public string HostName { get; init; } = Dns.GetHostName();
    /// <summary>Passwords of the first users admin and demo; null makes random ones.</summary>
    public (string Admin, string Demo)? FirstPasswords { get; init; }
    /// <summary>Their hashes, where they are known; null computes them, half a second of a processor.</summary>
    public (string Admin, string Demo)? FirstHashes { get; init; }
}
