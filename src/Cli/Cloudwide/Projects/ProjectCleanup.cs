using System.Globalization;
using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Cloudwide.Projects;

sealed class ProjectCleanup : ActionCommand
{
    private readonly Option<bool> _dryRun;
    private readonly Option<bool> _own;
    private readonly Option<string?> _project;
    private readonly Option<string?> _created;
    private readonly Option<string?> _updated;
    private readonly Option<string?> _domain;

    public ProjectCleanup(Syntax syntax) : base(syntax)
    {
        _dryRun = syntax.Flag("--dry-run", "Only list what would be deleted");
        _own = syntax.FlagIn("which", "--auth-project", "The project you are in");
        _project = syntax.ValueIn("which", "--project", "<project>", "Project to clean (name or ID)");
        syntax.NeedOneOf("which");
        _created = syntax.Value("--created-before", "<YYYY-MM-DDTHH24:MI:SS>", "Only what was created before this time");
        _updated = syntax.Value("--updated-before", "<YYYY-MM-DDTHH24:MI:SS>", "Only what was updated before this time");
        _domain = syntax.Value("--project-domain", "<project-domain>", "Domain the project belongs to (name or ID)");
    }

    public override string Description => "Clean resources associated with a project";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        Func<JsonObject, bool> created = Before(call[_created], "created_at"), updated = Before(call[_updated], "updated_at");
        if (call[_own])
        {
            await Clean(call, thing => created(thing) && updated(thing), cancellation);
            return;
        }

        var project = await Identity.Entity.Find(call, Resources.Project, call[_project]!, _domain, cancellation);
        await using var cloud = call.Cloud.AsProject(project.Id());
        await Clean(call.For(cloud), thing => created(thing) && updated(thing), cancellation);
    }

    private async Task Clean(Call call, Func<JsonObject, bool> isOld, CancellationToken cancellation)
    {
        var found = await new Leftovers(call, isOld, cancellation).Find();
        var table = Table.Of(found,
            [("Type", item => new Cell(item.Type)),
                ("ID", item => new Cell(item.Thing.Id())), ("Name", item => new Cell(item.Thing.Text("name")))]);
        new TableFormat(0, false, 0).Write(table, call.Terminal.Out);
        if (call[_dryRun] || !Confirm(call)) return;
        call.Terminal.Error.WriteLine("Deleting resources");
        await Delete(call, found, cancellation);
    }

    /// <summary>All of a kind are told to go before the first is waited for.</summary>
    private static async Task Delete(Call call, List<Leftover> found, CancellationToken cancellation)
    {
        var going = new List<Leftover>();
        foreach (var item in found)
        {
            if (going.Count > 0 && going[0].Type != item.Type) await Wait(call, going, cancellation);
            try
            {
                await item.Delete();
                if (item.Awaited is not null) going.Add(item);
            }
            catch (ApiError error)
            {
                call.Terminal.Error.WriteLine($"Cannot delete {item.Type} {item.Thing.Id()}: {error.Message}");
            }
        }

        await Wait(call, going, cancellation);
    }

    private static async Task Wait(Call call, List<Leftover> going, CancellationToken cancellation)
    {
        foreach (var item in going) await Deletion.Wait(call, item.Awaited!, item.Thing.Id(), cancellation);
        going.Clear();
    }

    private static bool Confirm(Call call)
    {
        using var input = new StreamReader(call.Terminal.OpenInput());
        while (true)
        {
            call.Terminal.Out.Flush();
            call.Terminal.Error.Write("These resources will be deleted. Are you sure [y/N]: ");
            call.Terminal.Error.Flush();
            switch (input.ReadLine())
            {
                case "y" or "Y" or "yes":
                    return true;
                case "n" or "N" or "no":
                    return false;
                case null:
                    throw new CommandError("Nobody said yes: nothing is deleted");
            }
        }
    }

    /// <summary>What has no such time is kept when a time is given.</summary>
    private static Func<JsonObject, bool> Before(string? text, string field)
    {
        if (text is null) return _ => true;
        var limit = Moment(text) ?? throw new CommandError($"'{text}' is not a time: give it as YYYY-MM-DDTHH:MM:SS");
        return thing => (thing.Text(field) ?? thing.Text(field[..^3])) is { } stamp && Moment(stamp) is { } moment && moment <= limit;
    }

    private static DateTimeOffset? Moment(string text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal, out var moment) ? moment : null;
}
