namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>One way to make a saga run: what begins it, what is true when it went through, and how everything is removed again.</summary>
internal sealed record Attempt(Func<Task> Trigger, Func<Task> Done, Func<Task> Clean);

/// <summary>
/// For every saga of the registry the requests that start it; a second way that one takes has a second word. A new saga without
/// a line here fails the tests.
/// </summary>
internal static partial class Scenarios
{
    public static readonly IReadOnlyDictionary<string, Func<KillableCloud, string, Task<Attempt>>> All =
        new Dictionary<string, Func<KillableCloud, string, Task<Attempt>>>(StringComparer.Ordinal)
        {
            ["create-volume"] = CreateVolume,
            ["delete-volume"] = DeleteVolume,
            ["extend-volume"] = ExtendVolume,
            ["upload-volume"] = UploadVolume,
            ["replace-volume-disk"] = RetypeVolume,
            ["create-snapshot"] = CreateSnapshot,
            ["create-backup"] = async (cloud, name) => await CreateBackup(cloud, name, await EncryptedType(cloud)),
            ["create-backup outside"] = (cloud, name) => CreateBackup(cloud, name, PlainType),
            ["delete-backup"] = DeleteBackup,
            ["create-volume from-backup"] = RestoreIntoNew,
            ["replace-volume-disk from-backup"] = RestoreInPlace,
            ["delete-snapshot"] = DeleteSnapshot,
            ["merge-layer"] = MergeLayer,
            ["create-server"] = CreateServer,
            ["delete-server"] = DeleteServer,
            ["stop-server"] = (cloud, name) => OnServer(cloud, name, """{"os-stop":null}""", "SHUTOFF"),
            ["start-server"] = (cloud, name) => After(cloud, name, """{"os-stop":null}""", """{"os-start":null}""", "ACTIVE"),
            ["reboot-server"] = (cloud, name) => OnServer(cloud, name, """{"reboot":{"type":"HARD"} }""", "ACTIVE"),
            ["rebuild-server"] = async (cloud, name) => await OnServer(cloud, name, $$"""{"rebuild":{"imageRef":"{{await Image(cloud)}}"} }""", "ACTIVE"),
            ["resize-server"] = (cloud, name) => OnServer(cloud, name, """{"resize":{"flavorRef":"2"} }""", "VERIFY_RESIZE"),
            ["revert-resize"] = (cloud, name) => After(cloud, name, """{"resize":{"flavorRef":"2"} }""", """{"revertResize":null}""", "ACTIVE"),
            ["rescue-server"] = (cloud, name) => OnServer(cloud, name, """{"rescue":null}""", "RESCUE"),
            ["unrescue-server"] = (cloud, name) => After(cloud, name, """{"rescue":null}""", """{"unrescue":null}""", "ACTIVE"),
            ["live-migrate-server"] = (cloud, name) => OnServer(cloud, name, """{"os-migrateLive":{"host":null,"block_migration":"auto"} }""", "ACTIVE"),
            ["evacuate-server"] = EvacuateServer,
            ["shelve-server"] = (cloud, name) => OnServer(cloud, name, """{"shelve":null}""", "SHELVED_OFFLOADED"),
            ["unshelve-server"] = (cloud, name) => After(cloud, name, """{"shelve":null}""", """{"unshelve":null}""", "ACTIVE"),
            ["create-server-backup"] = CreateServerBackup,
            ["pause-server"] = (cloud, name) => OnServer(cloud, name, """{"pause":null}""", "PAUSED"),
            ["trigger-crash-dump"] = (cloud, name) => OnServer(cloud, name, """{"trigger_crash_dump":null}""", "ACTIVE"),
            ["suspend-server"] = (cloud, name) => OnServer(cloud, name, """{"suspend":null}""", "SUSPENDED"),
            ["resume-server"] = (cloud, name) => After(cloud, name, """{"suspend":null}""", """{"resume":null}""", "ACTIVE"),
            ["attach-volume"] = AttachVolume,
            ["detach-volume"] = DetachVolume,
            ["swap-volume"] = SwapVolume,
            ["attach-interface"] = AttachInterface,
            ["detach-interface"] = DetachInterface,
            ["create-image"] = CreateImage,
        };

    /// <summary>The ways that a saga takes.</summary>
    public static IEnumerable<string> Of(string saga) => All.Keys.Where(key => key.Split(' ')[0] == saga);

    /// <summary>Makes what many of them stand on, so that they may begin side by side.</summary>
    public static Task Prepare(KillableCloud cloud) => Task.WhenAll(Image(cloud), EncryptedType(cloud));

    private static void Require(bool condition, string otherwise)
    {
        if (!condition) throw new InvalidOperationException(otherwise);
    }
}
