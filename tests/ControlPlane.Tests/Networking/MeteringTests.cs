using System.Net;
using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Networking;

/// <summary>Metering labels and their rules; that packets are counted is shown by the datapath's tests.</summary>
public sealed class MeteringTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private const string Labels = "metering/metering-labels", Rules = "metering/metering-label-rules";

    private static async Task<string> Label(NetworkClient client, string more = "")
    {
        var made = await client.Post(Labels, $$"""{"metering_label": {"name": "m"{{more}} } }""");
        Assert.True(made.Status == HttpStatusCode.Created, made.ToString());
        return NetworkClient.Id(made["metering_label"]);
    }

    private static Task<NetworkAnswer> Rule(NetworkClient client, string label, string more) =>
        client.Post(Rules, $$"""{"metering_label_rule": {"metering_label_id": "{{label}}", {{more}} } }""");

    [Fact]
    public async Task Label_and_rule_have_neutrons_shapes_and_go_together()
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        var label = await Label(admin, """, "description": "d", "shared": true""");
        var shown = (await admin.Get($"{Labels}/{label}"))["metering_label"];
        Assert.Equal(["id", "name", "description", "shared", "tenant_id", "project_id"], shown.EnumerateObject().Select(p => p.Name));
        Assert.True(shown.GetProperty("shared").GetBoolean());
        var rule = (await Rule(admin, label, """ "direction": "egress", "source_ip_prefix": "10.0.0.7", "destination_ip_prefix": "10.1.2.3/16" """))["metering_label_rule"];
        Assert.Equal(["id", "metering_label_id", "direction", "remote_ip_prefix", "source_ip_prefix", "destination_ip_prefix", "excluded"],
            rule.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("10.0.0.7/32", "10.1.2.3/16", false),
            (rule.GetProperty("source_ip_prefix").GetString(), rule.GetProperty("destination_ip_prefix").GetString(), rule.GetProperty("excluded").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, rule.GetProperty("remote_ip_prefix").ValueKind);
        Assert.Single((await admin.Get($"{Rules}?metering_label_id={label}&excluded=False&sort_key=remote_ip_prefix&sort_dir=asc"))["metering_label_rules"].EnumerateArray());
        Assert.Single((await admin.Get($"{Labels}?shared=True&name=m"))["metering_labels"].EnumerateArray(), l => NetworkClient.Id(l) == label);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Delete($"{Labels}/{label}")).Status);
        Assert.Equal("MeteringLabelRuleNotFound", (await admin.Get($"{Rules}/{NetworkClient.Id(rule)}")).Error);
        Assert.Equal("MeteringLabelNotFound", (await admin.Delete($"{Labels}/{label}")).Error);
    }

    [Theory]
    [InlineData(""" "direction": "sideways", "remote_ip_prefix": "10.0.0.0/24" """, "HTTPBadRequest")]
    [InlineData(""" "remote_ip_prefix": "10.0.0.0/24" """, "HTTPBadRequest")]
    [InlineData(""" "direction": "egress" """, "HTTPBadRequest")]
    [InlineData(""" "direction": "egress", "remote_ip_prefix": "10.0.0.0/24", "source_ip_prefix": "10.0.0.0/24" """, "HTTPBadRequest")]
    [InlineData(""" "direction": "egress", "remote_ip_prefix": "10.0.0.0/40" """, "HTTPBadRequest")]
    [InlineData(""" "direction": "egress", "source_ip_prefix": "10.0.0.1; flush ruleset" """, "HTTPBadRequest")]
    [InlineData(""" "direction": "egress", "source_ip_prefix": "10.0.0.0/8", "destination_ip_prefix": "fd00::/8" """, "InvalidInput")]
    [InlineData(""" "direction": "egress", "remote_ip_prefix": "10.0.0.0/24", "excluded": "perhaps" """, "HTTPBadRequest")]
    [InlineData(""" "direction": "egress", "remote_ip_prefix": "10.0.0.0/24", "colour": "red" """, "HTTPBadRequest")]
    public async Task Rule_with_bad_input_is_refused(string rest, string error)
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        var answer = await Rule(admin, await Label(admin), rest);
        Assert.Equal((HttpStatusCode.BadRequest, error), (answer.Status, answer.Error));
    }

    [Fact]
    public async Task Rules_of_one_label_do_not_overlap_unless_one_excludes()
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        var label = await Label(admin);
        const string wide = """ "direction": "egress", "remote_ip_prefix": "10.0.0.0/16" """, inside = """ "direction": "egress", "remote_ip_prefix": "10.0.7.0/24" """;
        Assert.Equal(HttpStatusCode.Created, (await Rule(admin, label, wide)).Status);
        var refused = await Rule(admin, label, inside);
        Assert.Equal((HttpStatusCode.Conflict, "MeteringLabelRuleOverlaps"), (refused.Status, refused.Error));
        Assert.Equal(HttpStatusCode.Created, (await Rule(admin, label, inside + """, "excluded": true""")).Status);
        Assert.Equal(HttpStatusCode.Created, (await Rule(admin, await Label(admin), inside)).Status);
    }

    [Fact]
    public async Task Members_make_no_labels_and_see_those_of_their_project_only()
    {
        using var admin = await NetworkClient.As(cloud, "admin");
        using var demo = await NetworkClient.As(cloud, "demo");
        var theirs = await Label(admin, $$""", "project_id": "{{cloud.First.DemoProjectId}}" """);
        var ours = await Label(admin);
        Assert.Equal(HttpStatusCode.Forbidden, (await demo.Post(Labels, """{"metering_label": {"name": "x"}}""")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await Rule(demo, theirs, """ "direction": "egress", "remote_ip_prefix": "10.0.0.0/16" """)).Status);
        Assert.Equal([theirs], (await demo.Get(Labels))["metering_labels"].EnumerateArray().Select(NetworkClient.Id));
        Assert.Equal(HttpStatusCode.NotFound, (await demo.Get($"{Labels}/{ours}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await demo.Delete($"{Labels}/{theirs}")).Status);
    }
}
