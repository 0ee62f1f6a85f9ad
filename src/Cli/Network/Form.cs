using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;

namespace Cumulet.Cli.Network;

/// <summary>A request in the making: the fields so far, and the thing as it is when there is one already.</summary>
sealed record Draft(Call Call, JsonObject Body, JsonObject? Before);

/// <summary>
/// The options of a command, each declared together with the field of the request that it becomes. Commands that create,
/// set and list things of the Network service differ in nothing else, so this is all they say.
/// </summary>
sealed class Form(Syntax syntax)
{
    private readonly List<Func<Draft, CancellationToken, Task>> _parts = [];

    /// <summary>The fields of what was given on the line.</summary>
    public async Task<JsonObject> Read(Call call, JsonObject? before, CancellationToken cancellation)
    {
        var draft = new Draft(call, [], before);
        foreach (var part in _parts) await part(draft, cancellation);
        return draft.Body;
    }

    /// <summary>The same as conditions of a list.</summary>
    public async Task<Query> Conditions(Call call, CancellationToken cancellation)
    {
        var query = new Query();
        foreach (var (key, value) in await Read(call, null, cancellation))
        {
            if (value is JsonArray several) query.WithAll(key, several.Select(item => item!.ToString()));
            else if (value is JsonValue flag && flag.TryGetValue<bool>(out var truth)) query.With(key, truth);
            else query.With(key, value?.ToString());
        }

        return query;
    }

    /// <summary>Whatever has no word of its own here.</summary>
    public Form With(Func<Syntax, Func<Draft, CancellationToken, Task>> declare)
    {
        _parts.Add(declare(syntax));
        return this;
    }

    /// <summary>As <see cref="With(Func{Syntax, Func{Draft, CancellationToken, Task}})"/>, without a question to the cloud.</summary>
    public Form With(Func<Syntax, Action<Draft>> declare)
    {
        var write = declare(syntax);
        _parts.Add((draft, _) =>
        {
            write(draft);
            return Task.CompletedTask;
        });
        return this;
    }

    /// <summary>An argument without a dash.</summary>
    public Form Argument(string metavar, string key, string help) => With(syntax =>
    {
        var argument = syntax.Argument(metavar, help);
        return draft => draft.Body[key] = draft.Call[argument];
    });

    /// <summary>The argument <c>&lt;name&gt;</c> of a command that creates.</summary>
    public Form Name(string help) => Argument("<name>", "name", help);

    /// <param name="group">Options of one group exclude each other.</param>
    public Form Text(string option, string metavar, string key, string help, string? group = null,
        params string[] choices) => With(syntax =>
    {
        var text = group is null ? syntax.Value(option, metavar, help, choices) : syntax.ValueIn(group, option, metavar, help, choices);
        return draft => draft.Body.With(key, draft.Call[text]);
    });

    /// <summary>A text that has to be there.</summary>
    public Form Needed(string option, string metavar, string key, string help, params string[] choices) => With(syntax =>
    {
        var text = syntax.Needed(option, metavar, help, choices);
        return draft => draft.Body[key] = draft.Call[text];
    });

    public Form Description(string help) => Text("--description", "<description>", "description", help);

    public Form NewName(string help) => Text("--name", "<name>", "name", help);

    /// <summary>A whole number; one of <paramref name="choices"/> if there are any.</summary>
    public Form Number(string option, string metavar, string key, string help, int? otherwise = null, bool needed = false,
        params string[] choices) =>
        With(syntax =>
        {
            var number = needed ? syntax.Needed(option, metavar, help, choices) : syntax.Value(option, metavar, help, choices);
            return draft => draft.Body.With(key, draft.Call.Number(number) ?? otherwise);
        });

    /// <summary>A whole number that is not negative.</summary>
    public Form Size(string option, string metavar, string key, string help) => With(syntax =>
    {
        var number = syntax.Value(option, metavar, help);
        return draft => draft.Body.With(key, draft.Call.Number(number) is < 0
            ? throw draft.Call.Wrong($"argument {option}: {draft.Call[number]} is not a non-negative integer") : draft.Call.Number(number));
    });

    /// <summary>A list.</summary>
    /// <param name="extends">What is set is added to what is there.</param>
    public Form Texts(string option, string metavar, string key, string help, bool needed = false, bool extends = false) => With(syntax =>
    {
        var texts = needed ? syntax.NeededValues(option, metavar, help) : syntax.Values(option, metavar, help);
        return draft =>
        {
            if (!draft.Call.Has(texts)) return;
            var items = JsonReading.Array(draft.Call[texts]);
            if (extends) foreach (var item in draft.Before?[key] as JsonArray ?? []) items.Add(item.Copy());
            draft.Body[key] = items;
        };
    });

    /// <summary>A pair of flags that exclude each other: one says yes, one no.</summary>
    public Form Either(string yes, string no, string key, string yesHelp, string noHelp, bool? otherwise = null) => With(syntax =>
    {
        var (yesFlag, noFlag) = (syntax.FlagIn(yes, yes, yesHelp), syntax.FlagIn(yes, no, noHelp));
        return draft => draft.Body.With(key, draft.Call.Either(yesFlag, noFlag) ?? otherwise);
    });

    /// <summary>A flag that stands for one value.</summary>
    public Form Flag(string flag, string key, Func<JsonNode?> value, string help, string? group = null) => With(syntax =>
    {
        var given = group is null ? syntax.Flag(flag, help) : syntax.FlagIn(group, flag, help);
        return draft =>
        {
            if (draft.Call[given]) draft.Body[key] = value();
        };
    });

    /// <summary>Another thing by name or id, of which the request has the id.</summary>
    public Form Found(string option, string metavar, Resource resource, string key, string help, string? group = null,
        bool needed = false) => With(syntax =>
    {
        var name = needed ? syntax.Needed(option, metavar, help)
            : group is null ? syntax.Value(option, metavar, help) : syntax.ValueIn(group, option, metavar, help);
        return async (draft, cancellation) =>
            draft.Body.With(key, await draft.Call.Cloud.FindIdOrNull(resource, draft.Call[name], cancellation));
    });

    /// <summary><c>--project</c> and <c>--project-domain</c>.</summary>
    public Form Project(string help) => With(syntax =>
    {
        var project = new ProjectOption(syntax, help);
        return async (draft, cancellation) => draft.Body.With("project_id", await project.Id(draft.Call, cancellation));
    });
}
