namespace Cumulet.Cli.Commands;

/// <summary>The words of a command and how to build it.</summary>
sealed record CommandEntry(string Name, Func<Syntax, CommandBase> Create);

/// <summary>Every command. Factories, so that a start builds one of them.</summary>
static partial class CommandTable
{
    /// <summary>The groups, under the names that the python client has for them.</summary>
    public static IEnumerable<(string Name, CommandEntry[] Entries)> Groups =>
    [
        ("openstack.cli", OfItself), ("openstack.common", Cloudwide), ("openstack.compute.v2", Compute),
        ("openstack.identity.v3", Identity), ("openstack.image.v2", Image), ("openstack.network.v2", Network),
        ("openstack.volume.v3", Volume),
    ];

    public static IEnumerable<CommandEntry> Entries =>
        [.. Identity, .. Image, .. Compute, .. Network, .. Volume, .. Cloudwide, .. OfItself];

    public static bool Contains(string name) => Find(name) is not null;

    public static CommandEntry? Find(string[] words) => Find(string.Join(' ', words));

    private static CommandEntry? Find(string name)
    {
        foreach (var group in (CommandEntry[][])[Compute, Image, Network, Volume, Identity, Cloudwide, OfItself])
        {
            foreach (var entry in group)
            {
                if (entry.Name == name) return entry;
            }
        }

        return null;
    }
}
