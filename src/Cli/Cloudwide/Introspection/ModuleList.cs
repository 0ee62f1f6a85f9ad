using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Cloudwide.Introspection;

sealed class ModuleList(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Option<bool> _all = syntax.Flag("--all", "With the libraries that it is made of");

    public override string Description => "List module versions";

    protected override Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var modules = new List<(string, Cell)> { ("cumulet", new Cell(OpenStackCommand.Version)) };
        if (call[_all])
        {
            modules.AddRange(
            [
                ("dotnet", new Cell(Environment.Version.ToString())), ("system_commandline", Of(typeof(RootCommand))),
                ("yamldotnet", Of(typeof(YamlDotNet.RepresentationModel.YamlStream))),
            ]);
        }

        return Task.FromResult<Record?>(Record.Sorted(modules));
    }

    private static Cell Of(Type type) => new(type.Assembly.GetName().Version!.ToString(3));
}
