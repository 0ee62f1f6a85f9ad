namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>Images, those that are made of servers among them.</summary>
internal static partial class Scenarios
{
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
            await cloud.Quiet();
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

    private static async Task<string> Image(KillableCloud cloud)
    {
        var known = (await cloud.Send("GET", "/image/v2/images?name=boot")).GetProperty("images");
        if (known.GetArrayLength() > 0) return known[0].GetProperty("id").GetString()!;
        var id = (await cloud.Send("POST", "/image/v2/images", """{"name":"boot","disk_format":"raw","container_format":"bare"}""")).GetProperty("id").GetString()!;
        await cloud.Upload($"/image/v2/images/{id}/file", new byte[1 << 20]);
        return id;
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
}
