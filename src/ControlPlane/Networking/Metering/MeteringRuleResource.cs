using System.Net;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Addresses;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;
using Attribute = Cumulet.ControlPlane.Networking.Resources.Attribute;

namespace Cumulet.ControlPlane.Networking.Metering;

/// <param name="Direction">ingress or egress, seen from the cloud.</param>
/// <param name="Remote">The old way to say it: the address inside the cloud, whatever its name says.</param>
/// <param name="Excluded">What matches is not counted, whatever other rules say.</param>
/// <param name="ProjectId">Read along with the label; not a column of the rule.</param>
internal sealed record MeteringRuleRecord(
    string Id, string LabelId, string Direction, string? Remote, string? Source, string? Destination, bool Excluded, string ProjectId);

/// <summary>What of the traffic a label counts, and its verbs. Rule: neutron/services/metering/metering_plugin.py.</summary>
internal static class MeteringRuleResource
{
    public const string Columns =
        "SELECT r.id, r.label_id, r.direction, r.remote_ip_prefix, r.source_ip_prefix, r.destination_ip_prefix, r.excluded, l.project_id"
        + " FROM metering_label_rules r JOIN metering_labels l ON l.id = r.label_id";

    public static readonly Resource<MeteringRuleRecord> Declared = new()
    {
        Name = "metering_label_rule",
        Collection = "metering_label_rules",
        Attributes =
        [
            Attribute.ReadOnly("id"),
            new Attribute("metering_label_id", Checks.Uuid).Fixed().Must(),
            new Attribute("direction", Checks.OneOf("ingress", "egress")).Fixed().Must(),
            new Attribute("excluded", Checks.Flag).Fixed().Or("false"),
            new Attribute("remote_ip_prefix", Checks.OrNull(Prefix)).Fixed(),
            new Attribute("source_ip_prefix", Checks.OrNull(Prefix)).Fixed(),
            new Attribute("destination_ip_prefix", Checks.OrNull(Prefix)).Fixed(),
            .. Attribute.Ownership,
        ],
        List = new ListQuery
        {
            Select = Columns,
            From = "metering_label_rules r JOIN metering_labels l ON l.id = r.label_id",
            Id = "r.id",
            Filters = new Dictionary<string, Filter>
            {
                ["id"] = new Filter.Exact("r.id"),
                ["metering_label_id"] = new Filter.Exact("r.label_id"),
                ["excluded"] = new Filter.Flag("r.excluded"),
            }.Exact("r", "direction", "remote_ip_prefix", "source_ip_prefix", "destination_ip_prefix"),
            SortKeys = new Dictionary<string, string>
            {
                ["id"] = "r.id",
                ["metering_label_id"] = "r.label_id",
                ["direction"] = "r.direction",
                ["excluded"] = "r.excluded",
                ["remote_ip_prefix"] = "COALESCE(r.remote_ip_prefix, '')",
                ["source_ip_prefix"] = "COALESCE(r.source_ip_prefix, '')",
                ["destination_ip_prefix"] = "COALESCE(r.destination_ip_prefix, '')",
            },
            MaxLimit = 0,
            ReversePages = true,
        },
        Visible = caller => caller.IsAdmin ? Sql.Raw("1 = 1") : new Sql().Add($"l.project_id = {caller.ProjectId}"),
        Read = Read,
        Complete = (_, _, rules) => rules,
        Id = r => r.Id,
        Target = r => PolicyTarget.OwnedBy(r.ProjectId),
        Write = (shown, r) => shown.Text("id", r.Id).Text("metering_label_id", r.LabelId).Text("direction", r.Direction)
            .Text("remote_ip_prefix", r.Remote).Text("source_ip_prefix", r.Source).Text("destination_ip_prefix", r.Destination)
            .Flag("excluded", r.Excluded),
        NotFound = id => Fault.NotFound($"Metering label rule '{id.Truncated()}' does not exist.", "MeteringLabelRuleNotFound"),
    };

    public static MeteringRuleRecord Read(Row row) => new(
        row.Text(), row.Text(), row.Text(), row.TextOrNull(), row.TextOrNull(), row.TextOrNull(), row.Flag(), row.Text());

    // Rule: the policy is asked about the caller's own project; a label of another's is not there for them.
    private static MeteringLabelRecord Label(Creation creation)
    {
        var id = creation.Text("metering_label_id");
        return MeteringLabelResource.Declared.Find(creation.Tx, creation.Caller, id) ?? throw MeteringLabelResource.NotFound(id);
    }

    public static MeteringRuleRecord Create(Creation creation)
    {
        var (tx, label) = (creation.Tx, Label(creation));
        var rule = new MeteringRuleRecord(creation.NewId, label.Id, creation.Text("direction"), Asked(creation, "remote_ip_prefix"),
            Asked(creation, "source_ip_prefix"), Asked(creation, "destination_ip_prefix"), creation.Flag("excluded", false), label.ProjectId);
        if (rule.Remote is not null && (rule.Source ?? rule.Destination) is not null)
            throw NetworkFault.BadRequest("Cannot use 'remote-ip-prefix' in conjunction with 'source-ip-prefix' or 'destination-ip-prefix'.");
        if ((rule.Remote ?? rule.Source ?? rule.Destination) is null)
            throw NetworkFault.BadRequest(
                "You must define at least one of the following parameters 'remote_ip_prefix', or 'source_ip_prefix' or 'destination_ip_prefix'.");
        if (rule.Source is { } source && rule.Destination is { } destination && Network(source).BaseAddress.AddressFamily != Network(destination).BaseAddress.AddressFamily)
            throw NetworkFault.InvalidInput("source_ip_prefix and destination_ip_prefix are of different IP versions: no packet has both");
        RefuseOverlap(tx, rule);
        tx.Execute($"""
            INSERT INTO metering_label_rules (id, label_id, direction, remote_ip_prefix, source_ip_prefix, destination_ip_prefix, excluded)
            VALUES ({rule.Id}, {rule.LabelId}, {rule.Direction}, {rule.Remote}, {rule.Source}, {rule.Destination}, {rule.Excluded})
            """);
        return rule;
    }

    public static void Delete(Removal<MeteringRuleRecord> removal) =>
        removal.Tx.Execute($"DELETE FROM metering_label_rules WHERE id = {removal.Current.Id}");

    // Rule: only those with remote_ip_prefix are compared.
    private static void RefuseOverlap(Tx tx, MeteringRuleRecord rule)
    {
        if (rule.Remote is null) return;
        var mine = Network(rule.Remote);
        var others = tx.Query(
            $"SELECT remote_ip_prefix FROM metering_label_rules WHERE label_id = {rule.LabelId} AND direction = {rule.Direction} AND excluded = {rule.Excluded} AND remote_ip_prefix IS NOT NULL",
            row => Network(row.Text()));
        if (others.Exists(other => other.Contains(mine.BaseAddress) || mine.Contains(other.BaseAddress)))
            throw Fault.Conflict($"Metering label rule with remote_ip_prefix '{rule.Remote}' overlaps another.", "MeteringLabelRuleOverlaps");
    }

    /// <summary>The network of an address or prefix that was checked before.</summary>
    public static IPNetwork Network(string text)
    {
        if (IpNumber.TryCidr(text, out var cidr, out _)) return cidr;
        var address = IPAddress.Parse(text);
        return new IPNetwork(address, IpNumber.Bits(IpNumber.Version(address)));
    }

    private static string? Asked(Creation creation, string name) =>
        creation.Body.GetText(name) is not { Length: > 0 } text ? null : text.Contains('/') ? text : Network(text).ToString();

    private static string? Prefix(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is var text && (IpNumber.TryAddress(text, out _) || IpNumber.TryCidr(text, out _, out _))
            ? null
            : $"'{Checks.Show(value)}' is not a valid IP address or subnet";
}
