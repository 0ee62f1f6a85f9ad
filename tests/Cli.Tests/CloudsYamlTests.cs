using Cumulet.Cli.Connection;
using YamlDotNet.RepresentationModel;

namespace Cumulet.Cli.Tests;

/// <summary>An entry put into a user's file leaves every other line as it was.</summary>
public sealed class CloudsYamlTests
{
    private static readonly CloudEntry Ours = new("http://127.0.0.1:8774", "admin", "it's", "RegionOne", null, "/var/lib/cumulet");

    private const string Block = """
          auth:
            auth_url: 'http://127.0.0.1:8774/identity/v3'
            username: admin
            password: 'it''s'
            project_name: admin
            user_domain_name: Default
            project_domain_name: Default
          region_name: 'RegionOne'
          identity_api_version: 3
          x-cumulet-state: '/var/lib/cumulet'

        """;

    private static string Indented(string indent) => string.Concat(Block.TrimEnd('\n').Split('\n').Select(l => $"{indent}{l}\n"));

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("clouds:\n")]
    [InlineData("clouds: null\n")]
    [InlineData("clouds: ~")]
    public void Empty_file_has_the_entry_alone(string before)
    {
        var written = new CloudsYaml(before).With("cumulet", Ours);
        Assert.Equal("/var/lib/cumulet", written.StateOf("cumulet"));
        Assert.Equal("it's", Password(written.Text, "cumulet"));
    }

    [Fact]
    public void New_entry_comes_behind_the_last_one_with_its_indentation()
    {
        const string before = "# top\nclouds:\n    mine: # far\n        auth: {auth_url: x}\n    # tail\nother: 1\n";
        Assert.Equal(
            "# top\nclouds:\n    mine: # far\n        auth: {auth_url: x}\n    cumulet:\n" + Indented("    ") + "    # tail\nother: 1\n",
            new CloudsYaml(before).With("cumulet", Ours).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("...\n")]
    public void Entry_is_replaced_where_it_stands(string end)
    {
        const string head = "---\nclouds:\n  cumulet:\n";
        const string tail = "\n  # keep\n  z:\n    a: |\n      text\n      more\n    l:\n    - 1\n";
        var written = new CloudsYaml(head + "    auth:\n      password: old\n    x-cumulet-state: /tmp\n" + tail + end).With("cumulet", Ours);
        Assert.Equal(head + Indented("  ") + tail, written.Text);
        Assert.Equal(written.Text, written.With("cumulet", Ours).Text);
    }

    [Fact]
    public void Entry_after_a_text_of_several_lines_does_not_run_into_it()
    {
        const string before = "clouds:\n  z:\n    a: |\n      text\n      more\nx: 1\n";
        Assert.Equal("clouds:\n  z:\n    a: |\n      text\n      more\n  cumulet:\n" + Indented("  ") + "x: 1\n", new CloudsYaml(before).With("cumulet", Ours).Text);
    }

    [Theory]
    [InlineData("clouds: {a: {} }\n", "braces")]
    [InlineData("{clouds: {a: {} } }\n", "braces")]
    [InlineData("clouds:\n- a\n", "`clouds` must be a mapping")]
    [InlineData("- a\n", "top must be a mapping")]
    [InlineData("a: 1\n---\nb: 1\n", "more than one document")]
    [InlineData("clouds:\n  a: [\n", "line 3")]
    public void File_that_cannot_have_it_says_why(string before, string why) =>
        Assert.Contains(why, Assert.Throws<CommandError>(() => new CloudsYaml(before).With("cumulet", Ours)).Message);

    private static string Password(string text, string name)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return ((YamlScalarNode)stream.Documents.Single().RootNode["clouds"][name]["auth"]["password"]).Value!;
    }
}
