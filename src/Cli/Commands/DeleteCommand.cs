using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Commands;

/// <summary>
/// Deletes each of what is named. One that fails does not keep the others: all are tried, each failure is told, and the
/// end is an error that counts them.
/// </summary>
abstract class DeleteCommand(Syntax syntax, Resource resource, string noun, string? metavar = null) : ActionCommand(syntax)
{
    private readonly Argument<string[]> _things = syntax.Several(metavar ?? $"<{noun.Replace(' ', '-')}>", $"{Capital(noun)}(s) to delete (name or ID)");

    public override string Description => $"Delete {noun}(s)";

    protected Resource Resource => resource;

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var failed = 0;
        foreach (var name in call[_things])
        {
            try
            {
                await Delete(call, name, cancellation);
            }
            catch (Exception error) when (error is ApiError or CommandError)
            {
                failed++;
                call.Terminal.Error.WriteLine($"Failed to delete {noun} with name or ID '{name}': {error.Message}");
            }
        }

        if (failed > 0) throw new CommandError(Summary(failed, call[_things].Length));
    }

    protected virtual async Task Delete(Call call, string name, CancellationToken cancellation)
    {
        var id = await call.Cloud.FindId(resource, name, cancellation);
        await call.Cloud.Service(resource.Service).Delete($"{resource.Path}/{Uri.EscapeDataString(id)}", cancellation);
    }

    protected virtual string Summary(int failed, int all) => $"{failed} of {all} {noun}s failed to delete.";

    private static string Capital(string noun) => char.ToUpperInvariant(noun[0]) + noun[1..];
}
