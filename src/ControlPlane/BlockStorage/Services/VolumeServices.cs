using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Services;

/// <summary>One of Cinder's processes as <c>os-services</c> lists them: here parts of this process, up while it answers.</summary>
internal sealed record VolumeService(string Binary, string Uuid, bool Disabled, string? DisabledReason, bool Frozen, DateTimeOffset CreatedAt);

/// <summary>The services' rows: their ids for ever, and what an administrator has switched off.</summary>
internal static class VolumeServices
{
    public const string Volume = "cinder-volume";
    private static readonly string[] Binaries = ["cinder-backup", "cinder-scheduler", Volume];

    public static void Ensure(Tx tx, DateTimeOffset now)
    {
        foreach (var binary in Binaries)
            tx.Execute($"""
                INSERT INTO volume_services (binary_name, uuid, disabled, disabled_reason, frozen, created_at)
                VALUES ({binary}, {Guid.NewGuid()}, 0, NULL, 0, {now}) ON CONFLICT (binary_name) DO NOTHING
                """);
    }

    public static List<VolumeService> All(Tx tx) => tx.Query($"""
        SELECT binary_name, uuid, disabled, disabled_reason, frozen, created_at FROM volume_services ORDER BY binary_name
        """, row => new VolumeService(row.Text(), row.Text(), row.Flag(), row.TextOrNull(), row.Flag(), row.Time()));

    public static string Uuid(Tx tx) => tx.Find($"SELECT uuid FROM volume_services WHERE binary_name = {Volume}", row => row.Text()) ?? "";
}
