using System.Text.RegularExpressions;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Placement;

/// <summary>Traits: the standard ones, and those that callers make with the prefix CUSTOM_.</summary>
internal sealed partial class Traits(Desk desk)
{
    [GeneratedRegex("^CUSTOM_[A-Z0-9_]+$")]
    private static partial Regex CustomName { get; }

    public Task<Reply> List(ApiRequest request)
    {
        PlacementReply.CheckQuery(request, "name", "associated");
        var ledger = desk.Read();
        IEnumerable<string> names = StandardNames.Traits.Concat(ledger.CustomTraits).Order(StringComparer.Ordinal);
        if (request.Query["name"].ToString() is { Length: > 0 } filter)
        {
            var colon = filter.IndexOf(':');
            if (colon < 0)
                throw Fault.BadRequest("Badly formatted name parameter. Expected name query string parameter in form: "
                    + $"?name=[in|startswith]:[name1,name2|prefix]. Got: \"{filter.Truncated()}\"");
            var value = filter[(colon + 1)..];
            if (filter.StartsWith("in:", StringComparison.Ordinal)) names = names.Where(value.Split(',').Contains);
            if (filter.StartsWith("startswith:", StringComparison.Ordinal)) names = names.Where(n => n.StartsWith(value, StringComparison.Ordinal));
        }
        if (request.Query["associated"].ToString() is { Length: > 0 } asked)
        {
            if (!bool.TryParse(asked, out var associated))
                throw Fault.BadRequest("The query parameter \"associated\" only accepts \"true\" or \"false\"");
            var used = ledger.Providers.SelectMany(p => p.Traits).ToHashSet(StringComparer.Ordinal);
            names = names.Where(n => used.Contains(n) == associated);
        }
        var found = names.ToList();
        return Task.FromResult(PlacementReply.Json(request, desk.Now, json => PlacementReply.WriteTexts(json, "traits", found)));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        Require(desk.Read(), request[0]);
        return Task.FromResult(PlacementReply.Fresh(request, desk.Now, Reply.Empty()));
    }

    public async Task<Reply> Ensure(ApiRequest request)
    {
        var name = request[0];
        if (name.Length > 255 || !CustomName.IsMatch(name))
            throw Fault.BadRequest("The trait is invalid. A valid trait must be no longer than 255 characters, start with the prefix "
                + "\"CUSTOM_\" and use following characters: \"A\"-\"Z\", \"0\"-\"9\" and \"_\"");
        var made = await desk.Write((tx, ledger) =>
        {
            if (ledger.KnowsTrait(name)) return false;
            tx.Execute($"INSERT INTO placement_traits (name, created_at) VALUES ({name}, {desk.Now})");
            return true;
        });
        return PlacementReply.Fresh(request, desk.Now, Reply.Empty(made ? 201 : 204).With("Location", $"{request.ServiceUrl}/traits/{name}"));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await desk.Write((tx, ledger) =>
        {
            Require(ledger, request[0]);
            if (!ledger.CustomTraits.Contains(request[0])) throw Fault.BadRequest($"Cannot delete standard trait {request[0]}.");
            if (ledger.Providers.Any(p => p.Traits.Contains(request[0])))
                throw Fault.Conflict($"The trait {request[0]} is in use by a resource provider.");
            return tx.Execute($"DELETE FROM placement_traits WHERE name = {request[0]}");
        });
        return Reply.Empty();
    }

    private static void Require(Ledger ledger, string name)
    {
        if (!ledger.KnowsTrait(name)) throw Fault.NotFound($"No such trait(s): {name.Truncated()}.");
    }
}
