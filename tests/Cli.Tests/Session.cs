using Cumulet.Cli;

namespace Cumulet.Cli.Tests;

/// <summary>One run of the command against a scripted cloud.</summary>
public sealed record Ran(int Status, string Out, string Error);

public static class Session
{
    public static Dictionary<string, string> Environment(ScriptedCloud cloud) => new()
    {
        ["OS_AUTH_URL"] = cloud.Address + "/identity", ["OS_USERNAME"] = "demo", ["OS_PASSWORD"] = "secret", ["OS_PROJECT_NAME"] = "demo",
        ["OS_USER_DOMAIN_NAME"] = "Default", ["OS_PROJECT_DOMAIN_NAME"] = "Default", ["OS_REGION_NAME"] = "RegionOne",
    };

    public static Task<Ran> Run(ScriptedCloud cloud, params string[] args) => RunWith(Environment(cloud), Path.GetTempPath(), args);

    /// <summary>As <see cref="Run"/>, with someone who types.</summary>
    public static Task<Ran> RunAndType(ScriptedCloud cloud, string typed, params string[] args) =>
        RunWith(Environment(cloud), Path.GetTempPath(), args, typed);

    public static Task<Ran> RunWith(Dictionary<string, string> environment, string folder, params string[] args) =>
        RunWith(environment, folder, args, typed: "");

    private static async Task<Ran> RunWith(Dictionary<string, string> environment, string folder, string[] args, string typed)
    {
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var terminal = new Terminal
        {
            Out = output, Error = error, Environment = name => environment.GetValueOrDefault(name), Folder = folder,
            OpenInput = () => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(typed)), OpenOutput = () => Stream.Null, AskSecret = _ => null, Width = 0,
        };
        var status = await OpenStackCommand.Run(args, terminal, TestContext.Current.CancellationToken);
        return new Ran(status, output.ToString(), error.ToString());
    }

    /// <summary>Splits a line as a shell does: blanks, single and double quotes, backslashes.</summary>
    public static string[] Words(string line)
    {
        var words = new List<string>();
        var word = new System.Text.StringBuilder();
        var quote = '\0';
        var any = false;
        foreach (var letter in line)
        {
            if (quote != '\0' && letter == quote) quote = '\0';
            else if (quote == '\0' && letter is '\'' or '"' && quote == '\0') (quote, any) = (letter, true);
            else if (quote == '\0' && letter == ' ')
            {
                if (word.Length > 0 || any) words.Add(word.ToString());
                word.Clear();
                any = false;
            }
            else word.Append(letter);
        }

        if (word.Length > 0 || any) words.Add(word.ToString());
        return [.. words];
    }
}
