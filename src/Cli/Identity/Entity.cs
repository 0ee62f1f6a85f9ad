using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity;

/// <summary>What the things of the Identity service have in common.</summary>
static class Entity
{
    /// <summary>All fields but the links.</summary>
    public static Record Show(JsonObject thing) =>
        Record.Sorted(thing.Where(pair => pair.Key != "links").Select(pair => (pair.Key, Cell.Plain(pair.Value.Copy()))));

    /// <summary>Finds one, inside a domain when there is one to be inside of.</summary>
    public static async Task<JsonObject> Find(Call call, Resource resource, string name, Option<string?>? domain, CancellationToken cancellation)
    {
        var id = domain is null ? null : await call.Cloud.FindIdOrNull(Resources.Domain, call[domain], cancellation);
        return await call.Cloud.Find(resource, name, cancellation, id is null ? "" : "&domain_id=" + id);
    }

    /// <summary>Creates it; with <c>--or-show</c> the one that is there already is as good.</summary>
    public static async Task<Record> Create(Call call, Resource resource, JsonObject body, bool orShow, CancellationToken cancellation)
    {
        try
        {
            var answer = await call.Cloud.Identity.Post(resource.Path, new JsonObject { [resource.Key] = body.DeepClone() }, cancellation);
            return Show(resource.One(answer));
        }
        catch (ApiError error) when (orShow && error.Status == 409)
        {
            var domain = body.Text("domain_id") is { } id ? "&domain_id=" + id : "";
            return Show(await call.Cloud.Find(resource, body.Text("name")!, cancellation, domain));
        }
    }

    /// <summary>Changes some fields.</summary>
    public static Task Update(Call call, Resource resource, string id, JsonObject body, CancellationToken cancellation) =>
        call.Cloud.Identity.Patch($"{resource.Path}/{id}", new JsonObject { [resource.Key] = body }, cancellation);
}

/// <summary><c>--immutable</c> and <c>--no-immutable</c>.</summary>
sealed class ImmutableOption(Syntax syntax)
{
    private readonly Option<bool> _immutable = syntax.FlagIn("immutable", "--immutable", "Keep it from being changed or deleted");
    private readonly Option<bool> _mutable = syntax.FlagIn("immutable", "--no-immutable", "Allow it to be changed and deleted (default)");

    public void AddTo(JsonObject body, Call call)
    {
        if (call.Either(_immutable, _mutable) is { } immutable) body["options"] = new JsonObject { ["immutable"] = immutable };
    }
}

/// <summary>Deletes what has no name.</summary>
abstract class DeleteById(Syntax syntax, Resource resource, string noun, string metavar) : DeleteCommand(syntax, resource, noun, metavar)
{
    protected override Task Delete(Call call, string name, CancellationToken cancellation) =>
        call.Cloud.Identity.Delete($"{Resource.Path}/{Uri.EscapeDataString(name)}", cancellation);
}

/// <summary>Shows what has no name.</summary>
abstract class ShowById(Syntax syntax, Resource resource, string noun, string metavar) : ShowCommand(syntax)
{
    private readonly Argument<string> _id = syntax.Argument(metavar, $"{char.ToUpperInvariant(noun[0])}{noun[1..]} to display (ID)");

    public override string Description => $"Display {noun} details";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var answer = await call.Cloud.Identity.Get($"{resource.Path}/{Uri.EscapeDataString(call[_id])}", cancellation);
        return Fields(resource.One(answer));
    }

    protected virtual Record Fields(JsonObject thing) => Entity.Show(thing);
}

/// <summary>Deletes what may be found inside a domain.</summary>
abstract class DeleteInDomain(Syntax syntax, Resource resource, string noun) : DeleteCommand(syntax, resource, noun)
{
    private readonly Option<string?> _domain = syntax.Value("--domain", "<domain>", "Domain it is in (name or ID)");

    protected override async Task Delete(Call call, string name, CancellationToken cancellation)
    {
        var thing = await Entity.Find(call, Resource, name, _domain, cancellation);
        await call.Cloud.Identity.Delete($"{Resource.Path}/{thing.Id()}", cancellation);
    }
}
