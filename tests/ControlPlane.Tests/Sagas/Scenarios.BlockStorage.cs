using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>Volumes, snapshots and backups.</summary>
internal static partial class Scenarios
{
    private const string Volumes = "/volume/v3/{project}/volumes";
    private const string Snapshots = "/volume/v3/{project}/snapshots";
    private const string PlainType = "__DEFAULT__";
    private const string Backups = "/volume/v3/{project}/backups";

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

    private static async Task<Attempt> DeleteSnapshot(KillableCloud cloud, string name)
    {
        var id = await NewVolume(cloud, name);
        var snapshot = await NewSnapshot(cloud, id, name);
        return new Attempt(
            () => cloud.Send("DELETE", $"{Snapshots}/{snapshot}"),
            async () => Require((await Named(cloud, Snapshots, "snapshots", name)).Count == 0, $"snapshot {name} is still there"),
            () => RemoveVolumes(cloud, name));
    }

    // The difference to an earlier backup: the longest way.
    private static async Task<Attempt> CreateBackup(KillableCloud cloud, string name, string type)
    {
        var id = await NewVolume(cloud, name, type);
        await NewBackup(cloud, id, name + "-full");
        return new Attempt(
            () => cloud.Send("POST", Backups, $$"""{"backup":{"name":"{{name}}","volume_id":"{{id}}","incremental":true} }"""),
            async () =>
            {
                var backups = await Named(cloud, Backups, "backups", name);
                Require(backups.Count == 1 && backups[0].GetProperty("status").GetString() == "available", string.Join(' ', backups));
                Require(backups[0].GetProperty("is_incremental").GetBoolean(), $"{name} is not incremental");
                await VolumeIs(cloud, name, "available");
            },
            () => RemoveBackups(cloud, name));
    }

    // One in the backup target; in the pool a backup goes without a saga.
    private static async Task<Attempt> DeleteBackup(KillableCloud cloud, string name)
    {
        var backup = await NewBackup(cloud, await NewVolume(cloud, name), name);
        return new Attempt(
            () => cloud.Send("DELETE", $"{Backups}/{backup}"),
            async () => Require((await Named(cloud, Backups, "backups", name)).Count == 0, $"backup {name} is still there"),
            () => RemoveBackups(cloud, name));
    }

    private static async Task<Attempt> RestoreIntoNew(KillableCloud cloud, string name)
    {
        var backup = await NewBackup(cloud, await NewVolume(cloud, name + "-source"), name);
        return new Attempt(
            () => cloud.Send("POST", $"{Backups}/{backup}/restore", $$"""{"restore":{"name":"{{name}}"} }"""),
            () => Restored(cloud, name),
            () => RemoveBackups(cloud, name));
    }

    private static async Task<Attempt> RestoreInPlace(KillableCloud cloud, string name)
    {
        var volume = await NewVolume(cloud, name);
        var backup = await NewBackup(cloud, volume, name);
        return new Attempt(
            () => cloud.Send("POST", $"{Backups}/{backup}/restore", $$"""{"restore":{"volume_id":"{{volume}}"} }"""),
            () => Restored(cloud, name),
            () => RemoveBackups(cloud, name));
    }

    private static async Task Restored(KillableCloud cloud, string name)
    {
        await VolumeIs(cloud, name, "available");
        var backups = await Named(cloud, Backups, "backups", name);
        Require(backups[0].GetProperty("status").GetString() == "available", string.Join(' ', backups));
    }

    private static async Task<string> NewBackup(KillableCloud cloud, string volume, string name)
    {
        var backup = await cloud.Send("POST", Backups, $$"""{"backup":{"name":"{{name}}","volume_id":"{{volume}}"} }""");
        await cloud.Quiet();
        return backup.GetProperty("backup").GetProperty("id").GetString()!;
    }

    // The differences before what they differ from.
    private static async Task RemoveBackups(KillableCloud cloud, string name)
    {
        foreach (var which in (string[])[name, name + "-full"])
        {
            foreach (var backup in await Named(cloud, Backups, "backups", which))
                await cloud.Send("DELETE", $"{Backups}/{backup.GetProperty("id").GetString()}", null, 404);
            await cloud.Quiet();
        }
        await RemoveVolumes(cloud, name);
    }

    private static async Task<string> NewVolume(KillableCloud cloud, string name, string type = PlainType)
    {
        var volume = await cloud.Send("POST", Volumes, $$"""{"volume":{"name":"{{name}}","size":1,"volume_type":"{{type}}"} }""");
        await cloud.Quiet();
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
        await cloud.Quiet();
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
        await cloud.Quiet();
        foreach (var volume in (await Named(cloud, Volumes, "volumes", name)).Concat(await Named(cloud, Volumes, "volumes", name + "-source")))
            await cloud.Send("POST", $"{Volumes}/{volume.GetProperty("id").GetString()}/action", """{"os-force_delete":{} }""", 404);
    }
}
