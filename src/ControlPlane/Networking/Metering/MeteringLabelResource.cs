using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;
using Attribute = Cumulet.ControlPlane.Networking.Resources.Attribute;

namespace Cumulet.ControlPlane.Networking.Metering;

/// <param name="Shared">Counts at the routers of every project, not only at those of its own.</param>
internal sealed record MeteringLabelRecord(string Id, string ProjectId, string Name, string Description, bool Shared);

/// <summary>A name under which traffic through routers' gateways is counted, and its verbs.</summary>
internal static class MeteringLabelResource
{
    public static Fault NotFound(string id) => Fault.NotFound($"Metering label '{id.Truncated()}' does not exist.", "MeteringLabelNotFound");

    public static readonly Resource<MeteringLabelRecord> Declared = new()
    {
        Name = "metering_label",
        Collection = "metering_labels",
        Attributes =
        [
            Attribute.ReadOnly("id"),
            new Attribute("name", Checks.Text()).Fixed().Or("\"\""),
            new Attribute("description", Checks.Text(1024)).Fixed().Or("\"\""),
            new Attribute("shared", Checks.Flag).Fixed().Or("false"),
            .. Attribute.Ownership,
        ],
        List = new ListQuery
        {
            Select = "SELECT l.id, l.project_id, l.name, l.description, l.shared FROM metering_labels l",
            From = "metering_labels l",
            Id = "l.id",
            Filters = NetworkFilters.For("l", standard: false).Exact("l", "name", "description").With("shared", new Filter.Flag("l.shared")),
            SortKeys = NetworkFilters.SortKeys("l", "name", "description", "shared"),
            MaxLimit = 0,
            ReversePages = true,
        },
        Visible = caller => caller.IsAdmin ? Sql.Raw("1 = 1") : new Sql().Add($"l.project_id = {caller.ProjectId}"),
        Read = row => new MeteringLabelRecord(row.Text(), row.Text(), row.Text(), row.Text(), row.Flag()),
        Complete = (_, _, labels) => labels,
        Id = l => l.Id,
        Target = l => PolicyTarget.OwnedBy(l.ProjectId),
        Write = (shown, l) => shown.Text("id", l.Id).Text("name", l.Name).Text("description", l.Description).Flag("shared", l.Shared).Project(l.ProjectId),
        NotFound = NotFound,
    };

    public static MeteringLabelRecord Create(Creation creation)
    {
        var label = new MeteringLabelRecord(
            creation.NewId, creation.ProjectId, creation.Text("name"), creation.Text("description"), creation.Flag("shared", false));
        creation.Tx.Execute($"""
            INSERT INTO metering_labels (id, project_id, name, description, shared)
            VALUES ({label.Id}, {label.ProjectId}, {label.Name}, {label.Description}, {label.Shared})
            """);
        return label;
    }

    public static void Delete(Removal<MeteringLabelRecord> removal)
    {
        removal.Tx.Execute($"DELETE FROM metering_label_rules WHERE label_id = {removal.Current.Id}");
        removal.Tx.Execute($"DELETE FROM metering_labels WHERE id = {removal.Current.Id}");
    }
}
