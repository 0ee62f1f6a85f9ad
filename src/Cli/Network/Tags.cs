using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network;

/// <summary>Which command the tag options belong to.</summary>
enum TagUse { Create, Set, Unset }

/// <summary>Tags are a resource of their own below the tagged thing, replaced as a whole.</summary>
sealed class Tags(Syntax syntax, Resource resource, TagUse use)
{
    private readonly Option<string[]> _tags = use switch
    {
        TagUse.Set => syntax.Values("--tag", "<tag>", "Add this tag (repeatable)"),
        TagUse.Create => syntax.ValuesIn("tags", "--tag", "<tag>", "Tag it (repeatable)"),
        _ => syntax.ValuesIn("tags", "--tag", "<tag>", "Remove this tag (repeatable)"),
    };

    private readonly Option<bool> _none = use switch
    {
        TagUse.Set => syntax.Flag("--no-tag", "Remove the tags there are first"),
        TagUse.Create => syntax.FlagIn("tags", "--no-tag", "Give it no tags"),
        _ => syntax.FlagIn("tags", "--all-tag", "Remove all tags"),
    };

    /// <summary>Sends the tags where they change, and writes them into <paramref name="thing"/>.</summary>
    public async Task Apply(Call call, JsonObject thing, CancellationToken cancellation)
    {
        if (!call.Has(_tags) && !call[_none]) return;
        var has = (thing["tags"] as JsonArray ?? []).Select(tag => tag!.GetValue<string>()).ToHashSet();
        var wanted = (use, call[_none]) switch
        {
            (TagUse.Unset, true) => [],
            (TagUse.Unset, false) => has.Except(call[_tags]).ToHashSet(),
            (TagUse.Set, false) => has.Union(call[_tags]).ToHashSet(),
            _ => call[_tags].ToHashSet(),
        };
        if (wanted.SetEquals(has)) return;
        var tags = JsonReading.Array(wanted.Order(StringComparer.Ordinal));
        thing["tags"] = tags.DeepClone();
        await call.Cloud.Network.Put($"{resource.Path}/{thing.Id()}/tags", new JsonObject { ["tags"] = tags }, cancellation);
    }
}
