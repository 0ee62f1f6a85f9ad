namespace Cumulet.Cli.Commands;

/// <summary>The words of a command and how to build it.</summary>
sealed record CommandEntry(string Name, Func<Syntax, CommandBase> Create);

/// <summary>Every command. Factories, so that a start builds one of them.</summary>
static partial class CommandTable
{
    public static IEnumerable<CommandEntry> Entries =>
        [.. Identity, .. Image, .. Compute, .. Network, .. Volume, .. Cloudwide];

    public static bool Contains(string name) => Find(name) is not null;

    public static CommandEntry? Find(string[] words) => Find(string.Join(' ', words));

    private static CommandEntry? Find(string name)
    {
        foreach (var group in (CommandEntry[][])[Compute, Image, Network, Volume, Identity, Cloudwide])
        {
            foreach (var entry in group)
            {
                if (entry.Name == name) return entry;
            }
        }

        return null;
    }
}
