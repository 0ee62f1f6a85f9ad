using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Help;

/// <summary>The pages of <c>--help</c> and <c>openstack help</c>.</summary>
static class HelpPages
{
    private const int Left = 24;
    private const int Width = 79;

    /// <summary>Help for a command, for a group of commands that begin alike, or for all.</summary>
    public static int Show(string[] words, Terminal terminal)
    {
        if (words.Length == 0)
        {
            WriteOverview(terminal.Out);
            return 0;
        }

        if (CommandTable.Find(words) is { } entry)
        {
            var syntax = new Syntax(entry.Name);
            WriteCommand(entry.Name, entry.Create(syntax), syntax, terminal.Out);
            return 0;
        }

        var start = string.Join(' ', words);
        var group = CommandTable.Entries.Where(other => other.Name.StartsWith(start, StringComparison.Ordinal)).ToList();
        if (group.Count == 0) throw new UsageError(Suggestion.ForUnknown(words));
        terminal.Out.WriteLine("Command \"" + start + "\" matches:");
        foreach (var other in group) terminal.Out.WriteLine("  " + other.Name);
        return 0;
    }

    public static void WriteCommand(string name, CommandBase command, Syntax syntax, TextWriter output)
    {
        output.WriteLine(Usage.Of(syntax));
        output.WriteLine();
        output.WriteLine(string.Join('\n', TextWrap.Wrap(command.Description, Width)));
        if (syntax.Arguments.Count > 0)
        {
            output.WriteLine("\npositional arguments:");
            foreach (var argument in syntax.Arguments) Line(output, argument.Metavar, argument.Help);
        }

        output.WriteLine("\noptions:");
        Line(output, "-h, --help", "show this help message and exit");
        foreach (var line in syntax.Options.Where(line => !line.Output)) Line(output, Names(line), Described(line));
        if (syntax.Options.Any(line => line.Output))
        {
            output.WriteLine("\noutput formatters:");
            foreach (var line in syntax.Options.Where(line => line.Output)) Line(output, Names(line), line.Help);
        }

        output.WriteLine("\nGlobal options (--os-cloud, --debug, ...) are listed by 'openstack --help'.");
    }

    private static void WriteOverview(TextWriter output)
    {
        output.WriteLine("usage: openstack [global options] <command> [options]\n");
        output.WriteLine("Command-line interface to the OpenStack APIs.\n");
        output.WriteLine("options:");
        foreach (var (names, help) in GlobalOptions.Flags) Line(output, string.Join(", ", names), help);
        foreach (var setting in GlobalOptions.All)
        {
            Line(output, $"{setting.Name} {setting.Metavar}",
                setting.Help + (setting.Variable is null ? "" : $" (Env: {setting.Variable})"));
        }

        output.WriteLine("\nCommands:");
        foreach (var entry in CommandTable.Entries.OrderBy(entry => entry.Name, StringComparer.Ordinal))
            output.WriteLine($"  {entry.Name,-30}  {entry.Create(new Syntax(entry.Name)).Description}");
        output.WriteLine($"  {"complete",-30}  Print bash completion");
        output.WriteLine($"  {"help",-30}  Print the help of a command");
    }

    private static string Described(Syntax.OptionLine line) =>
        line.Choices.Length > 0 && !line.Metavar.StartsWith('{') ? $"{line.Help} ({string.Join(", ", line.Choices)})" : line.Help;

    private static string Names(Syntax.OptionLine line)
    {
        var names = string.Join(", ", line.Option.Aliases.Append(line.Option.Name).OrderBy(name => name.Length));
        return line.Metavar.Length == 0 ? names : $"{names} {line.Metavar}";
    }

    private static void Line(TextWriter output, string left, string right, int at = Left)
    {
        var lines = TextWrap.Wrap(right, Width - at).ToList();
        var start = "  " + left;
        if (start.Length > at - 2)
        {
            output.WriteLine(start);
            start = "";
        }

        foreach (var line in lines)
        {
            output.WriteLine(start.PadRight(at) + line);
            start = "";
        }
    }
}
