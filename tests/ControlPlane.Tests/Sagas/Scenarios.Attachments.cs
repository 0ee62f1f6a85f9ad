using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>Volumes and interfaces of servers.</summary>
internal static partial class Scenarios
{
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
        await cloud.Quiet();
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
        await cloud.Quiet();
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
}
