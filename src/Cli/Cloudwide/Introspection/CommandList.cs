using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Cloudwide.Introspection;

sealed class CommandList(Syntax syntax) : ListCommand(syntax)
{
    private readonly Option<string?> _group = syntax.Value("--group", "<group-keyword>", "Keep groups with this in their name");

    public override string Description => "List recognized commands by group";

    protected override Task<Table> List(Call call, CancellationToken cancellation)
    {
        var groups = CommandTable.Groups.Where(group => call[_group] is not { } keyword || group.Name.Contains(keyword));
        return Task.FromResult(Table.Of(groups,
            [("Command Group", group => new Cell(group.Name)), ("Commands", group => Names(group.Entries))]));
    }

    private static Cell Names(CommandEntry[] entries)
    {
        var names = entries.Select(entry => entry.Name).Order(StringComparer.Ordinal).ToList();
        return new Cell(JsonReading.Array(names), string.Join('\n', names));
    }
}
