using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>One way to make a saga run: what begins it, what is true when it went through, and how everything is removed again.</summary>
internal sealed record Attempt(Func<Task> Trigger, Func<Task> Done, Func<Task> Clean);

/// <summary>For every saga of the registry the requests that start it. A new saga without a line here fails the tests.</summary>
internal static class Scenarios
{
    /// <summary>Sagas that the cloud starts one after the other.</summary>
    public static readonly IReadOnlySet<string> OneByOne = new HashSet<string> { "merge-layer" };

    public static readonly IReadOnlyDictionary<string, Func<KillableCloud, string, Task<Attempt>>> All =
        new Dictionary<string, Func<KillableCloud, string, Task<Attempt>>>(StringComparer.Ordinal)
        {
            ["create-volume"] = CreateVolume,
            ["delete-volume"] = DeleteVolume,
            ["extend-volume"] = ExtendVolume,
            ["upload-volume"] = UploadVolume,
            ["replace-volume-disk"] = RetypeVolume,
            ["create-snapshot"] = CreateSnapshot,
            ["create-backup"] = CreateBackup,
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

    private const string Volumes = "/volume/v3/{project}/volumes";
    private const string Snapshots = "/volume/v3/{project}/snapshots";
    private const string Backups = "/volume/v3/{project}/backups";
    private const string Servers = "/compute/v2.1/servers";

    // ── volumes ──

    // A copy of an encrypted volume is the longest way: it forks its source and has a key of its own.
    private static async Task<Attempt> CreateVolume(KillableCloud cloud, string name)
    {
        var source = await NewVolume(cloud, name + "-source", await EncryptedType(cloud));
        return new Attempt(
            () => cloud.Send("POST", Volumes, $$"""{"volume":{"name":"{{name}}","source_volid":"{{source}}"} }"""),
            () => VolumeIs(cloud, name, "available"),
            () => RemoveVolumes(cloud, name));
    }

    private static async Task<Attempt> DeleteVolume(KillableCloud cloud, string name)
    {
        var id = await NewVolume(cloud, name, await EncryptedType(cloud));
        return new Attempt(
            () => cloud.Send("DELETE", $"{Volumes}/{id}"),
            async () => Require((await Named(cloud, Volumes, "volumes", name)).Count == 0, $"{name} is still there"),
            () => RemoveVolumes(cloud, name));
    }

    private static async Task<Attempt> ExtendVolume(KillableCloud cloud, string name)
    {
        var id = await NewVolume(cloud, name);
        return new Attempt(
            () => cloud.Send("POST", $"{Volumes}/{id}/action", """{"os-extend":{"new_size":2} }"""),
            async () =>
            {
                var volume = (await cloud.Send("GET", $"{Volumes}/{id}")).GetProperty("volume");
                Require(volume.GetProperty("size").GetInt32() == 2 && volume.GetProperty("status").GetString() == "available", volume.ToString());
            },
            () => RemoveVolumes(cloud, name));
    }

    private static async Task<Attempt> UploadVolume(KillableCloud cloud, string name)
    {
        var id = await NewVolume(cloud, name);
        return new Attempt(
            () => cloud.Send("POST", $"{Volumes}/{id}/action", $$"""{"os-volume_upload_image":{"image_name":"{{name}}"} }"""),
            async () =>
            {
                await VolumeIs(cloud, name, "available");
                await ImageIsActive(cloud, name);
            },
            async () =>
            {
                await RemoveImages(cloud, name);
                await RemoveVolumes(cloud, name);
            });
    }

    // A copy of itself under another key: the longest way.
    private static async Task<Attempt> RetypeVolume(KillableCloud cloud, string name)
    {
        var id = await NewVolume(cloud, name);
        var type = await EncryptedType(cloud);
        return new Attempt(
            () => cloud.Send("POST", $"{Volumes}/{id}/action", $$"""{"os-retype":{"new_type":"{{type}}","migration_policy":"on-demand"} }"""),
            async () =>
            {
                await VolumeIs(cloud, name, "available");
                Require((await Named(cloud, Volumes, "volumes", name))[0].GetProperty("encrypted").GetBoolean(), $"{name} is not encrypted");
            },
            () => RemoveVolumes(cloud, name));
    }

    private static async Task<Attempt> CreateSnapshot(KillableCloud cloud, string name)
    {
        var id = await NewVolume(cloud, name, await EncryptedType(cloud));
        return new Attempt(
            () => cloud.Send("POST", Snapshots, $$"""{"snapshot":{"name":"{{name}}","volume_id":"{{id}}"} }"""),
            async () =>
            {
                var snapshots = await Named(cloud, Snapshots, "snapshots", name);
                Require(snapshots.Count == 1 && snapshots[0].GetProperty("status").GetString() == "available", string.Join(' ', snapshots));
                await VolumeIs(cloud, name, "available");
            },
            () => RemoveVolumes(cloud, name));
    }

    // The difference to an earlier backup: the longest way.
    private static async Task<Attempt> CreateBackup(KillableCloud cloud, string name)
    {
        var id = await NewVolume(cloud, name, await EncryptedType(cloud));
        await cloud.Send("POST", Backups, $$"""{"backup":{"name":"{{name}}-full","volume_id":"{{id}}"} }""");
        await cloud.Ask("quiet");
        return new Attempt(
            () => cloud.Send("POST", Backups, $$"""{"backup":{"name":"{{name}}","volume_id":"{{id}}","incremental":true} }"""),
            async () =>
            {
                var backups = await Named(cloud, Backups, "backups", name);
                Require(backups.Count == 1 && backups[0].GetProperty("status").GetString() == "available", string.Join(' ', backups));
                Require(backups[0].GetProperty("is_incremental").GetBoolean(), $"{name} is not incremental");
                await VolumeIs(cloud, name, "available");
            },
            async () =>
            {
                foreach (var backup in (await Named(cloud, Backups, "backups", name)).Concat(await Named(cloud, Backups, "backups", name + "-full")))
                    await cloud.Send("DELETE", $"{Backups}/{backup.GetProperty("id").GetString()}", null, 404);
                await cloud.Ask("quiet");
                await RemoveVolumes(cloud, name);
            });
    }

    private static async Task<Attempt> DeleteSnapshot(KillableCloud cloud, string name)
    {
        var id = await NewVolume(cloud, name);
        var snapshot = await NewSnapshot(cloud, id, name);
        return new Attempt(
            () => cloud.Send("DELETE", $"{Snapshots}/{snapshot}"),
            async () => Require((await Named(cloud, Snapshots, "snapshots", name)).Count == 0, $"snapshot {name} is still there"),
            () => RemoveVolumes(cloud, name));
    }

    // The first of two snapshots goes: what only it kept is taken in by the second.
    private static async Task<Attempt> MergeLayer(KillableCloud cloud, string name)
    {
        var id = await NewVolume(cloud, name, await EncryptedType(cloud));
        var first = await NewSnapshot(cloud, id, name);
        await NewSnapshot(cloud, id, name);
        return new Attempt(
            () => cloud.Send("DELETE", $"{Snapshots}/{first}"),
            async () =>
            {
                // It begins in the background, and again a while after one that failed.
                for (var i = 0; await cloud.Ask($"chain {id}") != "2"; i++)
                {
                    Require(i < 200, $"{name}'s chain has {await cloud.Ask($"chain {id}")} layers");
                    await Task.Delay(50);
                }
            },
            () => RemoveVolumes(cloud, name));
    }

    private static async Task<string> NewVolume(KillableCloud cloud, string name, string type = "__DEFAULT__")
    {
        var volume = await cloud.Send("POST", Volumes, $$"""{"volume":{"name":"{{name}}","size":1,"volume_type":"{{type}}"} }""");
        await cloud.Ask("quiet");
        return volume.GetProperty("volume").GetProperty("id").GetString()!;
    }

    private static async Task<string> EncryptedType(KillableCloud cloud)
    {
        const string name = "encrypted", types = "/volume/v3/{project}/types";
        if ((await cloud.Send("GET", types)).GetProperty("volume_types").EnumerateArray().Any(t => t.GetProperty("name").GetString() == name)) return name;
        var id = (await cloud.Send("POST", types, $$"""{"volume_type":{"name":"{{name}}"} }""")).GetProperty("volume_type").GetProperty("id").GetString();
        await cloud.Send("POST", $"{types}/{id}/encryption", """{"encryption":{"provider":"luks","control_location":"front-end"} }""");
        return name;
    }

    private static async Task<string> NewSnapshot(KillableCloud cloud, string volume, string name)
    {
        var snapshot = await cloud.Send("POST", Snapshots, $$"""{"snapshot":{"name":"{{name}}","volume_id":"{{volume}}"} }""");
        await cloud.Ask("quiet");
        return snapshot.GetProperty("snapshot").GetProperty("id").GetString()!;
    }

    private static async Task VolumeIs(KillableCloud cloud, string name, string status)
    {
        var volumes = await Named(cloud, Volumes, "volumes", name);
        Require(volumes.Count == 1 && volumes[0].GetProperty("status").GetString() == status, $"{name} is not {status}: {string.Join(' ', volumes)}");
    }

    private static async Task<List<JsonElement>> Named(KillableCloud cloud, string path, string collection, string name) =>
        [.. (await cloud.Send("GET", $"{path}/detail")).GetProperty(collection).EnumerateArray().Where(r => r.GetProperty("name").GetString() == name)];

    private static async Task RemoveVolumes(KillableCloud cloud, string name)
    {
        foreach (var snapshot in await Named(cloud, Snapshots, "snapshots", name))
            await cloud.Send("DELETE", $"{Snapshots}/{snapshot.GetProperty("id").GetString()}", null, 404);
        await cloud.Ask("quiet");
        foreach (var volume in (await Named(cloud, Volumes, "volumes", name)).Concat(await Named(cloud, Volumes, "volumes", name + "-source")))
            await cloud.Send("POST", $"{Volumes}/{volume.GetProperty("id").GetString()}/action", """{"os-force_delete":{} }""", 404);
    }

    // ── servers ──

    // The longest way: a port, a disk cloned from an image and a volume made on the way.
    private static async Task<Attempt> CreateServer(KillableCloud cloud, string name)
    {
        var body = await ServerBody(cloud, name);
        return new Attempt(
            () => cloud.Send("POST", Servers, body),
            () => ServerIs(cloud, name, "ACTIVE"),
            () => RemoveServer(cloud, name));
    }

    private static async Task<Attempt> DeleteServer(KillableCloud cloud, string name)
    {
        var id = await NewServer(cloud, name);
        return new Attempt(
            () => cloud.Send("DELETE", $"{Servers}/{id}"),
            async () =>
            {
                Require((await FindServers(cloud, name)).Count == 0, $"server {name} is still there");
                Require((await cloud.Send("GET", $"/network/v2.0/ports?device_id={id}")).GetProperty("ports").GetArrayLength() == 0, $"{name}'s port is still there");
            },
            () => RemoveServer(cloud, name));
    }

    /// <summary>An action that another one has to come before.</summary>
    private static async Task<Attempt> After(KillableCloud cloud, string name, string first, string action, string final)
    {
        var id = await NewServer(cloud, name);
        await cloud.Send("POST", $"{Servers}/{id}/action", first);
        await cloud.Ask("quiet");
        return new Attempt(
            () => cloud.Send("POST", $"{Servers}/{id}/action", action),
            () => ServerIs(cloud, name, final),
            () => RemoveServer(cloud, name));
    }

    private static async Task<Attempt> OnServer(KillableCloud cloud, string name, string action, string final)
    {
        var id = await NewServer(cloud, name);
        return new Attempt(
            () => cloud.Send("POST", $"{Servers}/{id}/action", action),
            () => ServerIs(cloud, name, final),
            () => RemoveServer(cloud, name));
    }

    // Its host is down only while that is asked for: the others need it.
    private static async Task<Attempt> EvacuateServer(KillableCloud cloud, string name)
    {
        var id = await NewServer(cloud, name);
        var host = (await cloud.Send("GET", $"{Servers}/{id}")).GetProperty("server").GetProperty("OS-EXT-SRV-ATTR:host").GetString();
        var service = (await cloud.Send("GET", $"/compute/v2.1/os-services?host={host}&binary=nova-compute")).GetProperty("services")[0].GetProperty("id").GetString();
        Task Down(bool isDown) => cloud.Send("PUT", $"/compute/v2.1/os-services/{service}", $$"""{"forced_down":{{(isDown ? "true" : "false")}}}""");
        return new Attempt(
            async () =>
            {
                await Down(true);
                try
                {
                    await cloud.Send("POST", $"{Servers}/{id}/action", """{"evacuate":{} }""");
                }
                finally
                {
                    await Down(false);
                }
            },
            async () =>
            {
                await ServerIs(cloud, name, "ACTIVE");
                var now = (await FindServers(cloud, name))[0].GetProperty("OS-EXT-SRV-ATTR:host").GetString();
                Require(now != host, $"{name} is still on {host}");
            },
            async () =>
            {
                await Down(false);
                await RemoveServer(cloud, name);
            });
    }

    private static async Task<Attempt> AttachVolume(KillableCloud cloud, string name)
    {
        var volume = await NewVolume(cloud, name);
        var server = await NewServer(cloud, name);
        return new Attempt(
            () => cloud.Send("POST", $"{Servers}/{server}/os-volume_attachments", VolumeToAttach(volume)),
            () => VolumeIs(cloud, name, "in-use"),
            () => RemoveServerAndVolumes(cloud, name));
    }

    private static async Task<Attempt> DetachVolume(KillableCloud cloud, string name)
    {
        var volume = await NewVolume(cloud, name);
        var server = await NewServer(cloud, name);
        await cloud.Send("POST", $"{Servers}/{server}/os-volume_attachments", VolumeToAttach(volume));
        await cloud.Ask("quiet");
        await VolumeIs(cloud, name, "in-use");
        return new Attempt(
            () => cloud.Send("DELETE", $"{Servers}/{server}/os-volume_attachments/{volume}"),
            () => VolumeIs(cloud, name, "available"),
            () => RemoveServerAndVolumes(cloud, name));
    }

    // For a larger one, so that the disk grows too.
    private static async Task<Attempt> SwapVolume(KillableCloud cloud, string name)
    {
        var old = await NewVolume(cloud, name);
        var other = (await cloud.Send("POST", Volumes, $$"""{"volume":{"name":"{{name}}-source","size":2} }""")).GetProperty("volume").GetProperty("id").GetString();
        var server = await NewServer(cloud, name);
        await cloud.Send("POST", $"{Servers}/{server}/os-volume_attachments", VolumeToAttach(old));
        await cloud.Ask("quiet");
        return new Attempt(
            () => cloud.Send("PUT", $"{Servers}/{server}/os-volume_attachments/{old}", $$"""{"volumeAttachment":{"volumeId":"{{other}}"} }"""),
            async () =>
            {
                await VolumeIs(cloud, name, "available");
                await VolumeIs(cloud, name + "-source", "in-use");
            },
            () => RemoveServerAndVolumes(cloud, name));
    }

    private static string VolumeToAttach(string volume) => $$"""{"volumeAttachment":{"volumeId":"{{volume}}"} }""";

    private static async Task RemoveServerAndVolumes(KillableCloud cloud, string name)
    {
        await RemoveServer(cloud, name);
        await RemoveVolumes(cloud, name);
    }

    private static async Task<Attempt> AttachInterface(KillableCloud cloud, string name)
    {
        var server = await NewServer(cloud, name);
        var network = (await cloud.Send("GET", "/network/v2.0/networks?name=private")).GetProperty("networks")[0].GetProperty("id").GetString();
        return new Attempt(
            () => cloud.Send("POST", $"{Servers}/{server}/os-interface", $$"""{"interfaceAttachment":{"net_id":"{{network}}"} }"""),
            async () => Require((await Ports(cloud, server)).Count == 2, $"{name} has not two ports"),
            () => RemoveServer(cloud, name));
    }

    private static async Task<Attempt> DetachInterface(KillableCloud cloud, string name)
    {
        var server = await NewServer(cloud, name);
        var port = (await Ports(cloud, server))[0].GetProperty("id").GetString();
        return new Attempt(
            () => cloud.Send("DELETE", $"{Servers}/{server}/os-interface/{port}"),
            async () => Require((await Ports(cloud, server)).Count == 0, $"{name} still has its port"),
            () => RemoveServer(cloud, name));
    }

    private static async Task<List<JsonElement>> Ports(KillableCloud cloud, string server) =>
        [.. (await cloud.Send("GET", $"/network/v2.0/ports?device_id={server}")).GetProperty("ports").EnumerateArray()];

    private static Task<Attempt> CreateImage(KillableCloud cloud, string name) =>
        ImageOf(cloud, name, $$"""{"createImage":{"name":"{{name}}"} }""", isSecond: false);

    // The second backup, which the first has to make room for.
    private static Task<Attempt> CreateServerBackup(KillableCloud cloud, string name) =>
        ImageOf(cloud, name, $$"""{"createBackup":{"name":"{{name}}","backup_type":"daily","rotation":1} }""", isSecond: true);

    private static async Task<Attempt> ImageOf(KillableCloud cloud, string name, string action, bool isSecond)
    {
        var server = await NewServer(cloud, name);
        if (isSecond)
        {
            await cloud.Send("POST", $"{Servers}/{server}/action", action);
            await cloud.Ask("quiet");
        }
        return new Attempt(
            () => cloud.Send("POST", $"{Servers}/{server}/action", action),
            async () =>
            {
                await ImageIsActive(cloud, name);
                await ServerIs(cloud, name, "ACTIVE");
            },
            async () =>
            {
                await RemoveImages(cloud, name);
                await RemoveServer(cloud, name);
            });
    }

    private static async Task ImageIsActive(KillableCloud cloud, string name)
    {
        var images = (await cloud.Send("GET", $"/image/v2/images?name={name}")).GetProperty("images");
        Require(images.GetArrayLength() == 1 && images[0].GetProperty("status").GetString() == "active", images.ToString());
    }

    private static async Task RemoveImages(KillableCloud cloud, string name)
    {
        foreach (var image in (await cloud.Send("GET", $"/image/v2/images?name={name}")).GetProperty("images").EnumerateArray())
            await cloud.Send("DELETE", $"/image/v2/images/{image.GetProperty("id").GetString()}", null, 404);
    }

    private static async Task<string> NewServer(KillableCloud cloud, string name)
    {
        var server = await cloud.Send("POST", Servers, await ServerBody(cloud, name));
        await cloud.Ask("quiet");
        await ServerIs(cloud, name, "ACTIVE");
        return server.GetProperty("server").GetProperty("id").GetString()!;
    }

    private static async Task<string> ServerBody(KillableCloud cloud, string name)
    {
        var image = await Image(cloud);
        var networks = (await cloud.Send("GET", "/network/v2.0/networks?name=private")).GetProperty("networks");
        return $$"""
            {"server":{"name":"{{name}}","flavorRef":"1","imageRef":"{{image}}","networks":[{"uuid":"{{networks[0].GetProperty("id").GetString()}}"}],
             "block_device_mapping_v2":[
              {"boot_index":0,"uuid":"{{image}}","source_type":"image","destination_type":"local","delete_on_termination":true},
              {"boot_index":-1,"source_type":"blank","destination_type":"volume","volume_size":1,"delete_on_termination":true}]} }
            """;
    }

    private static async Task<string> Image(KillableCloud cloud)
    {
        var known = (await cloud.Send("GET", "/image/v2/images?name=boot")).GetProperty("images");
        if (known.GetArrayLength() > 0) return known[0].GetProperty("id").GetString()!;
        var id = (await cloud.Send("POST", "/image/v2/images", """{"name":"boot","disk_format":"raw","container_format":"bare"}""")).GetProperty("id").GetString()!;
        await cloud.Upload($"/image/v2/images/{id}/file", new byte[1 << 20]);
        return id;
    }

    // Nova's filter takes what contains the name: x-2 finds x-20 too.
    private static async Task<List<JsonElement>> FindServers(KillableCloud cloud, string name) =>
        [.. (await cloud.Send("GET", $"{Servers}/detail?name={name}")).GetProperty("servers").EnumerateArray().Where(s => s.GetProperty("name").GetString() == name)];

    private static async Task ServerIs(KillableCloud cloud, string name, string status)
    {
        var servers = await FindServers(cloud, name);
        Require(servers.Count == 1 && servers[0].GetProperty("status").GetString() == status,
            $"{name} is not {status}: {string.Join(' ', servers.Select(s => $"{s.GetProperty("status")} {(s.TryGetProperty("fault", out var f) ? f.ToString() : "")}"))}");
    }

    private static async Task RemoveServer(KillableCloud cloud, string name)
    {
        foreach (var server in await FindServers(cloud, name))
            await cloud.Send("DELETE", $"{Servers}/{server.GetProperty("id").GetString()}", null, 404);
        await cloud.Ask("quiet");
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition) throw new InvalidOperationException(otherwise);
    }
}
