using System.Text;
using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Help;

/// <summary>The usage line: what may be left away stands in brackets.</summary>
static class Usage
{
    private const int Width = 79;

    public static string Of(Syntax syntax)
    {
        var start = $"usage: openstack {syntax.Command}";
        var parts = syntax.Options.Where(line => !line.Output).Select(Part).Prepend("[-h]")
            .Append(syntax.Options.Any(line => line.Output) ? "[-f FORMAT] [-c COLUMN]" : "")
            .Concat(syntax.Arguments.Select(argument => (argument.Many, argument.Optional) switch
            {
                (true, true) => $"[{argument.Metavar} ...]",
                (true, false) => $"{argument.Metavar} [{argument.Metavar} ...]",
                (false, true) => $"[{argument.Metavar}]",
                _ => argument.Metavar,
            })).Where(part => part.Length > 0);
        var text = new StringBuilder(start);
        var column = start.Length;
        foreach (var part in parts)
        {
            if (column + 1 + part.Length > Width)
            {
                text.Append('\n').Append(' ', "usage: openstack ".Length);
                column = "usage: openstack ".Length;
            }

            text.Append(' ').Append(part);
            column += 1 + part.Length;
        }

        return text.ToString();
    }

    private static string Part(Syntax.OptionLine line)
    {
        var part = line.Metavar.Length == 0 ? line.Option.Name : $"{line.Option.Name} {line.Metavar}";
        return line.Required ? part : $"[{part}]";
    }
}
