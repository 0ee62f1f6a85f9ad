using System.Net;
using static Cumulet.ControlPlane.Tests.Images.ImageClient;

namespace Cumulet.ControlPlane.Tests.Images;

public sealed class ImageListTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    // Every test has a project of its own and so a list of its own.
    private async Task<HttpClient> Alone() => (await People.Add(cloud)).Client;

    private static async Task<List<string>> Names(HttpClient client, string query) =>
        [.. (await client.Get($"/v2/images{query}")).GetProperty("images").EnumerateArray().Select(i => i.GetProperty("name").GetString()!)];

    [Fact]
    public async Task List_is_newest_first_with_links()
    {
        using var client = await Alone();
        foreach (var name in new[] { "a", "b", "c" }) await client.CreateImage(name);
        var list = await client.Get("/v2/images");
        Assert.Equal(["c", "b", "a"], await Names(client, ""));
        Assert.Equal("/v2/images", list.GetProperty("first").GetString());
        Assert.Equal("/v2/schemas/images", list.GetProperty("schema").GetString());
        Assert.False(list.TryGetProperty("next", out _));
    }

    [Theory]
    [InlineData("name=a", "a")]
    [InlineData("name=in:a,b", "a b")]
    [InlineData("name=in:%22a%22,c", "a c")]
    [InlineData("status=queued", "a b c")]
    [InlineData("status=active", "d")]
    [InlineData("status=in:active,queued", "a b c d")]
    [InlineData("disk_format=qcow2", "b")]
    [InlineData("disk_format=in:qcow2,iso", "b c")]
    [InlineData("container_format=ami", "c")]
    [InlineData("visibility=private", "a")]
    [InlineData("visibility=shared", "b c d")]
    [InlineData("visibility=all", "a b c d")]
    [InlineData("protected=true", "b")]
    [InlineData("protected=false", "a c d")]
    [InlineData("os_hidden=true", "hidden")]
    [InlineData("tag=x", "a b")]
    [InlineData("tag=x&tag=y", "b")]
    [InlineData("os_distro=debian", "a")]
    [InlineData("os_distro=Debian", "")]
    [InlineData("os_distro=debian&os_version=12", "a")]
    [InlineData("size_min=100", "d")]
    [InlineData("size_max=100", "")]
    [InlineData("size=1000", "d")]
    [InlineData("min_ram=64", "c")]
    [InlineData("min_disk=2", "c")]
    [InlineData("min_disk_min=1", "c")]
    [InlineData("owner=nobody", "")]
    [InlineData("checksum=00", "")]
    [InlineData("created_at=gt:2000-01-01T00:00:00Z", "a b c d")]
    [InlineData("created_at=lt:2000-01-01T00:00:00Z", "")]
    [InlineData("updated_at=gte:2000-01-01T00:00:00%2B02:00", "a b c d")]
    [InlineData("member_status=all", "a b c d")]
    public async Task Filter_gives_what_matches(string query, string expected)
    {
        using var client = await Alone();
        await client.CreateImage("a", more: """, "visibility": "private", "tags": ["x"], "os_distro": "debian", "os_version": "12" """);
        await client.CreateImage("b", "qcow2", more: """, "protected": true, "tags": ["x", "y"]""");
        await client.CreateImage("c", "iso", "ami", """, "min_ram": 64, "min_disk": 2""");
        await client.CreateActive(Bytes(1000), "d");
        await client.CreateImage("hidden", more: """, "os_hidden": true""");
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), await Names(client, $"?sort=name:asc&{query}"));
    }

    [Theory]
    [InlineData("limit=x")]
    [InlineData("limit=-1")]
    [InlineData("marker=" + "00000000-0000-4000-8000-000000000000")]
    [InlineData("sort_key=color")]
    [InlineData("sort_dir=up")]
    [InlineData("sort=name:up")]
    [InlineData("sort=name&sort_key=name")]
    [InlineData("sort_key=name&sort_dir=asc&sort_dir=desc")]
    [InlineData("visibility=x")]
    [InlineData("member_status=x")]
    [InlineData("os_hidden=x")]
    [InlineData("protected=x")]
    [InlineData("size_min=x")]
    [InlineData("created_at=yesterday")]
    [InlineData("created_at=around:2020-01-01T00:00:00Z")]
    [InlineData("name=like:a")]
    [InlineData("name=in:%22a")]
    [InlineData("changes-since=2020-01-01T00:00:00Z")]
    public async Task List_with_what_cannot_be_is_400(string query)
    {
        using var client = await cloud.As("demo");
        using var answer = await client.GetAsync($"/image/v2/images?{query}");
        await answer.Must(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("sort=name:asc", "a a b c")]
    [InlineData("sort=name:desc,min_x:asc", null)]
    [InlineData("sort_key=name&sort_dir=desc", "c b a a")]
    [InlineData("sort_key=name&sort_dir=asc", "a a b c")]
    [InlineData("sort_key=disk_format&sort_dir=asc&sort_key=name&sort_dir=desc", "b c a a")]
    public async Task Sort_orders_by_several_keys(string query, string? expected)
    {
        using var client = await Alone();
        await client.CreateImage("b", "qcow2");
        await client.CreateImage("a");
        await client.CreateImage("c");
        await client.CreateImage("a");
        if (expected is null) await client.Get($"/v2/images?{query}", HttpStatusCode.BadRequest);
        else Assert.Equal(expected.Split(' '), await Names(client, $"?{query}"));
    }

    [Theory]
    [InlineData("limit=2")]
    [InlineData("limit=2&sort=name:asc")]
    [InlineData("limit=3&sort=size:desc,name:asc")]
    [InlineData("limit=2&sort_key=disk_format&sort_dir=asc")]
    public async Task Pages_follow_each_other_without_gap_or_double(string query)
    {
        using var client = await Alone();
        foreach (var name in new[] { "b", "a", "b", "c", "a", "d", "e" }) await client.CreateImage(name, name == "a" ? "iso" : "raw");
        var whole = await Ids(client, "/v2/images?" + query.Replace("limit=2", "limit=100").Replace("limit=3", "limit=100"));
        var paged = new List<string>();
        string? next = $"/v2/images?{query}";
        while (next is not null)
        {
            var page = await client.Get(next);
            paged.AddRange(page.GetProperty("images").EnumerateArray().Select(i => i.GetProperty("id").GetString()!));
            next = page.TryGetProperty("next", out var link) ? link.GetString() : null;
        }
        Assert.Equal(7, whole.Count);
        Assert.Equal(whole, paged);
    }

    private static async Task<List<string>> Ids(HttpClient client, string path) =>
        [.. (await client.Get(path)).GetProperty("images").EnumerateArray().Select(i => i.GetProperty("id").GetString()!)];
}
