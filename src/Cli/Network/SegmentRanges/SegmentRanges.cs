using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.SegmentRanges;

/// <summary>The segment ids that projects' networks may have.</summary>
static class SegmentRanges
{
    private static readonly Kind Range = new(Resources.SegmentRange, "network segment range", new Fields(
        "available default id maximum minimum name network_type physical_network project_id shared used",
        new() { ["available"] = Available, ["used"] = Used }).Show);

    public static CommandBase Create(Syntax syntax) => new CreateThing(syntax, Range, "Create new network segment range", form => form
        .With(Owned)
        .Name("Name of new network segment range")
        .With(Wire)
        .Number("--minimum", "<minimum-segmentation-id>", "minimum", "Smallest segment ID", needed: true)
        .Number("--maximum", "<maximum-segmentation-id>", "maximum", "Largest segment ID", needed: true));

    public static CommandBase Delete(Syntax syntax) => new DeleteThings(syntax, Range, "Delete network segment range(s)");

    public static CommandBase Set(Syntax syntax) => new SetThing(syntax, Range, "Set network segment range properties", form => form
        .NewName("Set network segment name")
        .Number("--minimum", "<minimum-segmentation-id>", "minimum", "Smallest segment ID")
        .Number("--maximum", "<maximum-segmentation-id>", "maximum", "Largest segment ID")
        .With(_ => draft =>
        {
            if (draft.Body.ContainsKey("minimum") != draft.Body.ContainsKey("maximum"))
                throw new CommandError("--minimum and --maximum are both required");
        }));

    public static CommandBase Show(Syntax syntax) => new ShowThing(syntax, Range, "Display network segment range details");

    /// <summary>Shared, or of one project: of the one that is named, or of one's own.</summary>
    private static Func<Draft, CancellationToken, Task> Owned(Syntax syntax)
    {
        var isPrivate = syntax.FlagIn("shared", "--private", "It belongs to one project");
        syntax.FlagIn("shared", "--shared", "All projects use it (default)");
        var project = new ProjectOption(syntax, "Project it belongs to (name or ID), with --private");
        return async (draft, cancellation) =>
        {
            var call = draft.Call;
            if (!call[isPrivate] && project.IsGiven(call)) throw new CommandError("--project is only allowed with --private");
            draft.Body["shared"] = !call[isPrivate];
            if (call[isPrivate])
                draft.Body["project_id"] = await project.Id(call, cancellation) ?? (await call.Cloud.Session(cancellation)).ProjectId;
        };
    }

    private static Action<Draft> Wire(Syntax syntax)
    {
        var type = syntax.Needed("--network-type", "<network-type>", "How the networks are made", "geneve", "gre", "vlan", "vxlan");
        var physical = syntax.Value("--physical-network", "<physical-network-name>", "Physical network they are on (vlan only)");
        return draft =>
        {
            if (draft.Call[type] != "vlan" && draft.Call[physical] is not null)
                throw new CommandError("--physical-network is only allowed with --network-type vlan");
            draft.Body.With("network_type", draft.Call[type]).With("physical_network", draft.Call[physical]);
        };
    }

    /// <summary>100, 101, 102, 105 as 100-102, 105.</summary>
    public static Cell Available(JsonNode? ids) => new(ids is JsonArray list ? Spans(list.Select(id => id!.ToString())) : new JsonArray());

    /// <summary>By project what it has taken.</summary>
    public static Cell Used(JsonNode? projects) => new(new JsonObject((projects as JsonObject ?? [])
        .GroupBy(pair => pair.Value?.ToString() ?? "None", pair => pair.Key)
        .Select(group => KeyValuePair.Create(group.Key, (JsonNode?)Spans(group)))));

    private static JsonArray Spans(IEnumerable<string> ids)
    {
        var spans = new List<(int First, int Last)>();
        foreach (var id in ids.Select(id => int.Parse(id, System.Globalization.CultureInfo.InvariantCulture)).Order())
        {
            if (spans.Count > 0 && spans[^1].Last == id - 1) spans[^1] = (spans[^1].First, id);
            else spans.Add((id, id));
        }

        return JsonReading.Array(spans.Select(span => span.First == span.Last ? $"{span.First}" : $"{span.First}-{span.Last}"));
    }
}
