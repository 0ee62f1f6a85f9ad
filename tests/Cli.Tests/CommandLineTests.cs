using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Tests;

/// <summary>What is understood, and what is said when it is not.</summary>
public sealed class CommandLineTests
{
    private static Task<Ran> Run(params string[] args) => Session.RunWith(new Dictionary<string, string>(), Path.GetTempPath(), args);

    [Fact]
    public async Task Run_version_is_printed() => Assert.Matches(@"^openstack \d+\.\d+\.\d+\n$", (await Run("--version")).Out);

    [Fact]
    public async Task Run_nothing_says_that_there_is_no_interactive_mode()
    {
        var ran = await Run();
        Assert.Equal(2, ran.Status);
        Assert.Contains("no interactive mode", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("server lst", "server list")]
    [InlineData("sever list", "server list")]
    [InlineData("image lisst", "image list")]
    public async Task Run_unknown_command_suggests_the_near_one(string line, string expected)
    {
        var ran = await Run(line.Split(' '));
        Assert.Equal(2, ran.Status);
        Assert.Contains("is not an openstack command. See 'openstack --help'.", ran.Error, StringComparison.Ordinal);
        Assert.Contains("  " + expected, ran.Error.Split('\n'));
    }

    [Theory]
    [InlineData("server create", "openstack server create: error: the following arguments are required: --flavor, <server-name>")]
    [InlineData("server create --flavor 1 n", "one of the arguments --image --image-property --volume --snapshot --block-device is required")]
    [InlineData("server list --nonsense", "openstack server list: error: unrecognized arguments: --nonsense")]
    [InlineData("server list extra", "openstack server list: error: unrecognized arguments: extra")]
    [InlineData("server list -f xml", "argument -f/--format: invalid choice: 'xml' (choose from 'csv', 'json', 'table', 'value', 'yaml')")]
    [InlineData("flavor list --public --private", "argument --private: not allowed with argument --public")]
    [InlineData("flavor list --limit many", "argument --limit: invalid int value: 'many'")]
    [InlineData("server list --no", "ambiguous option: --no could match --no-config-drive, --no-name-lookup, --noindent, --not-tags")]
    [InlineData("server show", "the following arguments are required: <server>")]
    [InlineData("server ssh -4 -6 web", "argument -6: not allowed with argument -4")]
    [InlineData("subnet pool create p", "the following arguments are required: --pool-prefix")]
    [InlineData("network rbac create --type network --action access_as_shared n", "one of the arguments --target-project --target-all-projects is required")]
    [InlineData("network create --name", "unrecognized arguments: --name")]
    [InlineData("server list --os-auth-type token_endpoint", "argument --os-auth-type: invalid choice: 'token_endpoint' (choose from 'password'")]
    [InlineData("trust create --project p a b", "the following arguments are required: --role")]
    [InlineData("limits show", "one of the arguments --absolute --rate is required")]
    public async Task Run_wrong_usage_ends_with_two_and_names_it(string line, string expected)
    {
        var environment = new Dictionary<string, string> { ["OS_AUTH_URL"] = "http://127.0.0.1:1" };
        var ran = await Session.RunWith(environment, Path.GetTempPath(), line.Split(' '));
        Assert.Equal(2, ran.Status);
        Assert.Contains(expected, ran.Error, StringComparison.Ordinal);
        Assert.StartsWith("usage: openstack ", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-fvalue", "-cName")]
    [InlineData("-f=value", "--col=Name")]
    [InlineData("--format=value", "--column", "Name")]
    public async Task Run_liberal_forms_of_options_are_understood(params string[] options)
    {
        using var cloud = new ScriptedCloud();
        var ran = await Session.Run(cloud, ["flavor", "list", .. options]);
        Assert.Equal((0, "m1.tiny\nm1.small\n"), (ran.Status, ran.Out));
    }

    [Fact]
    public async Task Run_option_that_is_given_twice_has_its_last_value()
    {
        var environment = new Dictionary<string, string> { ["HOME"] = "/nonexistent" };
        var ran = await Session.RunWith(environment, Path.GetTempPath(), "--os-auth-type", "none", "configuration", "show", "-f", "json",
            "--os-auth-type", "password", "-c", "auth_type", "-f", "value");
        Assert.Equal((0, "password\n"), (ran.Status, ran.Out));
    }

    [Fact]
    public async Task Run_configuration_hides_secrets_unless_they_are_asked_for()
    {
        using var cloud = new ScriptedCloud();
        string[] show = ["configuration", "show", "-f", "value", "-c", "auth.password"];
        Assert.Equal("<redacted>\n", (await Session.Run(cloud, show)).Out);
        Assert.Equal("secret\n", (await Session.Run(cloud, [.. show, "--unmask"])).Out);
        Assert.Empty(cloud.Requests);
    }

    [Fact]
    public async Task Run_command_list_names_every_command_once()
    {
        var ran = await Run("command", "list", "-f", "json");
        var named = JsonNode.Parse(ran.Out)!.AsArray().SelectMany(group => group!["Commands"]!.AsArray()).Select(name => name!.GetValue<string>());
        Assert.Equal(CommandTable.Entries.Select(entry => entry.Name).Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Run_global_options_may_stand_anywhere()
    {
        using var cloud = new ScriptedCloud();
        var environment = Session.Environment(cloud);
        environment.Remove("OS_REGION_NAME");
        var ran = await Session.RunWith(environment, Path.GetTempPath(), "--os-region-name", "RegionOne", "flavor", "--os-interface=public", "list",
            "-f", "value", "-c", "ID", "--os-compute-api-version", "2.1");
        Assert.Equal((0, "1\n2\n"), (ran.Status, ran.Out));
    }

    [Fact]
    public void Entries_every_command_has_help_and_a_description()
    {
        var output = new StringWriter();
        foreach (var entry in CommandTable.Entries)
        {
            var syntax = new Syntax(entry.Name);
            var command = entry.Create(syntax);
            Assert.NotEmpty(command.Description);
            Help.HelpPages.WriteCommand(entry.Name, command, syntax, output);
            Assert.All(syntax.Options, option => Assert.NotEmpty(option.Help));
        }

        Assert.DoesNotContain(CommandTable.Entries.GroupBy(entry => entry.Name), group => group.Count() > 1);
    }

    [Fact]
    public async Task Run_help_of_a_command_shows_its_options()
    {
        var ran = await Run("help", "server", "create");
        Assert.Equal(0, ran.Status);
        Assert.StartsWith("usage: openstack server create [-h] --flavor <flavor>", ran.Out, StringComparison.Ordinal);
        Assert.Contains("--block-device <key=value,...>", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_complete_prints_bash_that_bash_accepts()
    {
        var ran = await Run("complete");
        Assert.Equal(0, ran.Status);
        var file = Path.GetTempFileName();
        File.WriteAllText(file, ran.Out + "\nCOMP_WORDS=(openstack server cr)\nCOMP_CWORD=2\n_openstack\necho \"${COMPREPLY[@]}\"\n");
        using var bash = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("bash", [file]) { RedirectStandardOutput = true })!;
        Assert.Equal("create\n", await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        File.Delete(file);
    }
}
