namespace Cumulet.Cli.Connection;

/// <summary>How a kind of thing is named and found.</summary>
/// <param name="Path">Its collection below the endpoint.</param>
/// <param name="Key">Its key in an answer about one; the answer itself when empty.</param>
/// <param name="Plural">Its key in an answer about many.</param>
/// <param name="Noun">Its name in messages.</param>
sealed record Resource(ServiceType Service, string Path, string Key, string Plural, string Noun)
{
    /// <summary>Where full descriptions are listed, if not at <see cref="Path"/>.</summary>
    public string? Details { get; init; }

    /// <summary>Query of a search by name; <c>{0}</c> is the name.</summary>
    public string ByName { get; init; } = "?name={0}";

    /// <summary>The field that holds the name.</summary>
    public string NameField { get; init; } = "name";

    /// <summary>The field that holds the id.</summary>
    public string IdField { get; init; } = "id";

    /// <summary>True where a list by name also finds an id, so that asking for the id alone is a wasted request.</summary>
    public bool ListHasIds { get; init; }

    /// <summary>
    /// Which words say that there is none. The python client has two families: <c>No Network found for x</c> and
    /// <c>No volume with a name or ID of 'x' exists.</c>
    /// </summary>
    public bool SaysFoundFor { get; init; } = Service is ServiceType.Network or ServiceType.Image;

    /// <summary>The words that say that there is none, with <c>{0}</c> for what was asked for, where they are others.</summary>
    public string? NoneWords { get; init; }

    public JsonObject One(JsonObject answer) => Key.Length == 0 ? answer : answer[Key] as JsonObject ?? [];
}

/// <summary>From a name or an id to the thing.</summary>
static class Lookup
{
    /// <summary>
    /// Finds by id when the text looks like one, else by name; whichever fails, the other is tried. More than one of a
    /// name is an error, never a guess.
    /// </summary>
    /// <param name="filter">More conditions of the search by name, such as <c>&amp;domain_id=…</c>.</param>
    /// <exception cref="CommandError">None, or more than one, in the python client's words.</exception>
    public static async Task<JsonObject> Find(this Cloud cloud, Resource resource, string nameOrId, CancellationToken cancellation,
        string filter = "") => await cloud.FindOrNull(resource, nameOrId, cancellation, filter) ?? throw NotFound(resource, nameOrId);

    /// <summary>As <see cref="Find"/>, with null where there is none.</summary>
    public static async Task<JsonObject?> FindOrNull(this Cloud cloud, Resource resource, string nameOrId, CancellationToken cancellation,
        string filter = "")
    {
        var client = cloud.Service(resource.Service);
        var path = $"{resource.Path}/{Uri.EscapeDataString(nameOrId)}";
        var isId = !resource.ListHasIds && LooksLikeId(nameOrId);
        if (isId && await client.GetOrNull(path, cancellation) is { } answer) return resource.One(answer);
        var list = (resource.Details ?? resource.Path) + string.Format(null, resource.ByName, Uri.EscapeDataString(nameOrId)) + filter;
        var listed = await client.List(list, resource.Plural, cancellation);
        var byId = listed.FirstOrDefault(item => item.Text(resource.IdField) == nameOrId);
        if (byId is not null) return byId;
        var named = listed.Where(item => item.Text(resource.NameField) == nameOrId).ToList();
        if (named.Count > 1)
            throw new CommandError($"More than one {resource.Noun} exists with the name '{nameOrId}'.");
        if (named.Count == 1) return named[0];
        return !isId && !resource.ListHasIds && await client.GetOrNull(path, cancellation) is { } found ? resource.One(found) : null;
    }

    public static async Task<string> FindId(this Cloud cloud, Resource resource, string nameOrId, CancellationToken cancellation,
        string filter = "") => (await cloud.Find(resource, nameOrId, cancellation, filter)).Text(resource.IdField)!;

    /// <summary>Null stays null.</summary>
    public static async Task<string?> FindIdOrNull(this Cloud cloud, Resource resource, string? nameOrId, CancellationToken cancellation,
        string filter = "") => nameOrId is null ? null : await cloud.FindId(resource, nameOrId, cancellation, filter);

    private static CommandError NotFound(Resource resource, string nameOrId) => resource.NoneWords is { } words
        ? new CommandError(string.Format(null, words, nameOrId))
        : resource.SaysFoundFor ? new CommandError($"No {resource.Noun} found for {nameOrId}")
        : new CommandError($"No {resource.Noun} with a name or ID of '{nameOrId}' exists.");

    public static bool LooksLikeId(string text) => Guid.TryParse(text, out _);
}
