using System.Runtime.CompilerServices;
using System.Text.Json;
using Cumulet.ControlPlane.Compute.ServerMigrations;
using Cumulet.ControlPlane.Tests.ComputeWide;

namespace Cumulet.ControlPlane.Tests.Compute;

/// <summary>
/// The members and their types of what changes with the microversion around a server, as in the API reference's own examples
/// (Members/answers.txt): actions, migrations, attachments, interfaces, keypairs, aggregates, flavors, hypervisors, quotas.
/// </summary>
public sealed class GoldenAnswerTests(ServerCloud cloud) : IClassFixture<ServerCloud>
{
    // What is inside of these is the cloud's own.
    private static readonly string[] Free = ["extra_specs", "metadata", "cpu_info"];

    private static Dictionary<string, string>? _ids;

    public static TheoryData<string, string, string, string> Examples()
    {
        var data = new TheoryData<string, string, string, string>();
        foreach (var line in File.ReadAllLines(Path.Combine(Folder(), "answers.txt")))
            if (line.Split('\t') is [var version, var who, var request, var members]) data.Add(version, who, request, members);
        return data;
    }

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Members");

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Members_have_the_types_of_the_reference(string version, string who, string request, string members)
    {
        _ids ??= await Make();
        var path = request["GET ".Length..];
        foreach (var (name, id) in _ids) path = path.Replace($"{{{name}}}", id, StringComparison.Ordinal);
        var answer = await (await NovaClient.As(cloud.Cloud, who, version)).Get(path);
        var actual = new Dictionary<string, HashSet<string>>();
        Collect(answer, "", actual);
        var expected = members.Split(',').Select(m => m.Split('=')).Where(m => !IsFree(m[0])).ToDictionary(m => m[0], m => m[1].Split('|'));
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Where(p => !IsFree(p)).Order(StringComparer.Ordinal));
        foreach (var (member, types) in expected)
            // An example has one value: null there says nothing of the type, and null here is what is not known.
            Assert.True(types.Contains("null") || actual[member].All(t => t == "null" || types.Contains(t)),
                $"{member} is {string.Join('|', actual[member])} instead of {string.Join('|', types)}");
    }

    private static bool IsFree(string path) => Free.Any(f => path.Contains($"{f}.", StringComparison.Ordinal));

    private static void Collect(JsonElement element, string path, Dictionary<string, HashSet<string>> found)
    {
        if (path.Length > 0)
        {
            if (!found.TryGetValue(path, out var types)) found[path] = types = [];
            types.Add(element.ValueKind switch
            {
                JsonValueKind.String => "text",
                JsonValueKind.Number => "number",
                JsonValueKind.True or JsonValueKind.False => "flag",
                JsonValueKind.Null => "null",
                JsonValueKind.Array => "list",
                _ => "object",
            });
        }
        if (element.ValueKind == JsonValueKind.Object)
            foreach (var member in element.EnumerateObject()) Collect(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}", found);
        else if (element.ValueKind == JsonValueKind.Array)
            foreach (var item in element.EnumerateArray()) Collect(item, path + "[]", found);
    }

    // A server with a port, a volume and a few actions, and what is around it.
    private async Task<Dictionary<string, string>> Make()
    {
        var networks = (await TestCloud.Json(await cloud.DemoHttp.GetAsync("/network/v2.0/networks?name=private"))).GetProperty("networks");
        var server = await cloud.Create(ServerCloud.Body($$"""
            "name": "golden", "imageRef": "{{cloud.Image}}", "flavorRef": "1", "networks": [{"uuid": "{{networks[0].GetProperty("id").GetString()}}"}]
            """));
        await cloud.Becomes(server, "ACTIVE");
        var made = await TestCloud.Json(await cloud.DemoHttp.PostAsync($"/volume/v3/{cloud.Cloud.First.DemoProjectId}/volumes", TestCloud.Body("""{"volume":{"size":1}}""")));
        var volume = made.GetProperty("volume").GetProperty("id").GetString()!;
        await Images.Eventually.Holds(async () => (await cloud.Volume(volume)).GetProperty("status").GetString() == "available");
        await cloud.Demo.Post($"servers/{server}/os-volume_attachments", $$$"""{"volumeAttachment": {"volumeId": "{{{volume}}}", "tag": "t"}}""", 200);
        await Images.Eventually.Holds(async () => (await cloud.Volume(volume)).GetProperty("status").GetString() == "in-use");
        await cloud.Demo.Post($"servers/{server}/action", """{"os-stop": null}""", 202);
        await cloud.Becomes(server, "SHUTOFF");
        var (now, migration) = (DateTimeOffset.UtcNow, Guid.NewGuid().ToString());
        await cloud.Cloud.Cloud.Parts.Database.Write(tx => MigrationStore.Begin(tx, new(
            migration, 0, server, cloud.Cloud.First.DemoProjectId, cloud.Cloud.First.DemoUserId, "live-migration", "running", "a", "b", "1", "2", now, now)));
        var aggregate = (await cloud.Admin.Post("os-aggregates", """{"aggregate": {"name": "golden", "availability_zone": "gold"}}""", 200)).GetProperty("aggregate");
        await cloud.Admin.Post($"os-aggregates/{aggregate.GetProperty("id")}/action", """{"set_metadata": {"metadata": {"k": "v"}}}""", 200);
        await (await cloud.DemoAt("2.90")).Post("os-keypairs", """{"keypair": {"name": "key"}}""", 201);
        return new Dictionary<string, string>
        {
            ["server"] = server,
            ["volume"] = volume,
            ["aggregate"] = aggregate.GetProperty("id").ToString(),
            ["flavor"] = "1",
            ["project"] = cloud.Cloud.First.DemoProjectId,
            ["port"] = (await cloud.Demo.Get($"servers/{server}/os-interface")).GetProperty("interfaceAttachments")[0].GetProperty("port_id").GetString()!,
            ["action"] = (await cloud.Demo.Get($"servers/{server}/os-instance-actions")).GetProperty("instanceActions").EnumerateArray()
                .First(a => a.GetProperty("action").GetString() == "stop").GetProperty("request_id").GetString()!,
        };
    }
}
