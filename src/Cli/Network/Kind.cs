using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network;

/// <summary>A kind of thing of the Network service whose commands are of the regular form.</summary>
/// <param name="Noun">As messages call it.</param>
/// <param name="Show">What of it is shown, and how.</param>
sealed record Kind(Resource Resource, string Noun, Func<JsonObject, Record> Show)
{
    public string Plural { get; init; } = Noun + "s";

    /// <summary>The argument that names one.</summary>
    public string Metavar { get; init; } = $"<{Noun.Replace(' ', '-')}>";

    /// <summary>How one is named.</summary>
    public string NamedBy { get; init; } = "name or ID";

    public bool IsTagged { get; init; }

    /// <summary>The thing it is a part of; null for most.</summary>
    public Owner? Owner { get; init; }

    /// <summary>The words of a failed deletion before <c>name or ID 'x'</c>.</summary>
    public string FailedWith { get; init; } = $"{Noun} with";

    public string Capital => char.ToUpperInvariant(Noun[0]) + Noun[1..];
}

/// <summary>A thing below which others have their place, such as a router's helpers.</summary>
/// <param name="Below">The place of the others below it.</param>
/// <param name="Key">The field in which the others have its id; answers may leave it out.</param>
sealed record Owner(Resource Resource, string Metavar, string Help, string Below, string Key);

/// <summary>Where the things of a kind are: the same for all, or below the one that the line names.</summary>
sealed class Place(Syntax syntax, Kind kind)
{
    private readonly Argument<string>? _owner = kind.Owner is { } owner ? syntax.Argument(owner.Metavar, owner.Help) : null;

    /// <summary>The owner's id, once it is found.</summary>
    public string? OwnerId { get; private set; }

    public async Task<Resource> Find(Call call, CancellationToken cancellation)
    {
        if (_owner is null) return kind.Resource;
        OwnerId = await call.Cloud.FindId(kind.Owner!.Resource, call[_owner], cancellation);
        return kind.Resource with { Path = $"{kind.Owner.Resource.Path}/{OwnerId}{kind.Owner.Below}" };
    }
}

/// <summary>Creates one.</summary>
/// <param name="hasExtra">Takes <c>--extra-property</c>, as nearly all do.</param>
sealed class CreateThing(Syntax syntax, Kind kind, string description, Func<Form, Form> options, bool hasExtra = true) : ShowCommand(syntax)
{
    private readonly ExtraProperties? _extra = hasExtra ? new ExtraProperties(syntax) : null;
    private readonly Place _place = new(syntax, kind);
    private readonly Form _form = options(new Form(syntax));
    private readonly Tags? _tags = kind.IsTagged ? new Tags(syntax, kind.Resource, TagUse.Create) : null;

    public override string Description => description;

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var place = await _place.Find(call, cancellation);
        var body = await _form.Read(call, null, cancellation);
        _extra?.AddTo(body, call);
        var answer = await call.Cloud.Network.Post(place.Path, new JsonObject { [place.Key] = body }, cancellation);
        var thing = place.One(answer);
        if (_tags is not null) await _tags.Apply(call, thing, cancellation);
        return kind.Show(thing);
    }
}

/// <summary>Deletes each that is named; one that fails does not keep the others.</summary>
sealed class DeleteThings(Syntax syntax, Kind kind, string description) : ActionCommand(syntax)
{
    private readonly Place _place = new(syntax, kind);
    private readonly Argument<string[]> _things = syntax.Several(kind.Metavar, $"{kind.Capital}(s) to delete ({kind.NamedBy})");

    public override string Description => description;

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var place = await _place.Find(call, cancellation);
        var failed = 0;
        foreach (var name in call[_things])
        {
            try
            {
                var id = await call.Cloud.FindId(place, name, cancellation);
                await call.Cloud.Network.Delete($"{place.Path}/{Uri.EscapeDataString(id)}", cancellation);
            }
            catch (Exception error) when (error is ApiError or CommandError)
            {
                failed++;
                call.Terminal.Error.WriteLine($"Failed to delete {kind.FailedWith} {kind.NamedBy} '{name}': {error.Message}");
            }
        }

        if (failed > 0) throw new CommandError($"{failed} of {call[_things].Length} {kind.Plural} failed to delete.");
    }
}

/// <summary>Lists them, narrowed by the options.</summary>
sealed class ListThings(Syntax syntax, Kind kind, string description, (string, Func<JsonObject, Cell>)[] columns,
    Func<Form, Form>? options = null, (string, Func<JsonObject, Cell>)[]? more = null) : ListCommand(syntax)
{
    private readonly Place _place = new(syntax, kind);
    private readonly Option<bool>? _long = more is null ? null : syntax.Flag("--long", "List more fields");
    private readonly Form _form = (options ?? (form => form))(new Form(syntax));
    private readonly TagFilter? _tags = kind.IsTagged ? new TagFilter(syntax, kind.Plural) : null;

    public override string Description => description;

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var place = await _place.Find(call, cancellation);
        var query = await _form.Conditions(call, cancellation);
        _tags?.AddTo(query, call);
        var things = await call.Cloud.Network.List(place.Path + query, place.Plural, cancellation);
        foreach (var thing in things.Where(_ => kind.Owner is not null)) thing[kind.Owner!.Key] ??= _place.OwnerId;
        return Table.Of(things, _long is not null && call[_long] ? [.. columns, .. more!] : columns);
    }
}

/// <summary>Shows one.</summary>
sealed class ShowThing(Syntax syntax, Kind kind, string description) : ShowCommand(syntax)
{
    private readonly Place _place = new(syntax, kind);
    private readonly Argument<string> _thing = syntax.Argument(kind.Metavar, $"{kind.Capital} to display ({kind.NamedBy})");

    public override string Description => description;

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation) =>
        kind.Show(await call.Cloud.Find(await _place.Find(call, cancellation), call[_thing], cancellation));
}

/// <summary>Changes one.</summary>
/// <param name="hasExtra">Takes <c>--extra-property</c>, as nearly all do.</param>
sealed class SetThing(Syntax syntax, Kind kind, string description, Func<Form, Form> options, bool hasExtra = true) : ActionCommand(syntax)
{
    private readonly ExtraProperties? _extra = hasExtra ? new ExtraProperties(syntax) : null;
    private readonly Place _place = new(syntax, kind);
    private readonly Argument<string> _thing = syntax.Argument(kind.Metavar, $"{kind.Capital} to modify ({kind.NamedBy})");
    private readonly Form _form = options(new Form(syntax));
    private readonly Tags? _tags = kind.IsTagged ? new Tags(syntax, kind.Resource, TagUse.Set) : null;

    public override string Description => description;

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var place = await _place.Find(call, cancellation);
        var thing = await call.Cloud.Find(place, call[_thing], cancellation);
        var body = await _form.Read(call, thing, cancellation);
        _extra?.AddTo(body, call);
        if (body.Count > 0)
            await call.Cloud.Network.Put($"{place.Path}/{thing.Id()}", new JsonObject { [place.Key] = body }, cancellation);
        if (_tags is not null) await _tags.Apply(call, thing, cancellation);
    }
}

/// <summary>Takes tags off one.</summary>
sealed class UnsetTags(Syntax syntax, Kind kind, string description) : ActionCommand(syntax)
{
    private readonly Argument<string> _thing = syntax.Argument(kind.Metavar, $"{kind.Capital} to modify ({kind.NamedBy})");
    private readonly Tags _tags = new(syntax, kind.Resource, TagUse.Unset);

    public override string Description => description;

    protected override async Task Act(Call call, CancellationToken cancellation) =>
        await _tags.Apply(call, await call.Cloud.Find(kind.Resource, call[_thing], cancellation), cancellation);
}
