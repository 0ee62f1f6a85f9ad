using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Servers;

using Column = (string Header, Func<JsonObject, Cell> Read);

/// <summary>The columns of <c>server list</c>, which depend on the options, the microversion, and what <c>-c</c> asks for.</summary>
static class ServerColumns
{
    public static Table Table(List<JsonObject> servers, ServerNames names, bool isLong, bool noLookup, ServiceClient compute, string[] wanted)
    {
        var embedded = compute.AtLeast("2.47");
        Column imageName = ("Image", server => ImageName(server, names)), imageId = ("Image", ImageId);
        Column flavorName = ("Flavor", server => FlavorName(server, names, embedded)), flavorId = ("Flavor", FlavorId);
        var columns = new List<Column> { Columns.Of("ID", "id"), Columns.Of("Name", "name"), Columns.Of("Status", "status") };
        if (isLong)
        {
            columns.AddRange([Columns.Of("Task State", "OS-EXT-STS:task_state"),
                Columns.Of("Power State", "OS-EXT-STS:power_state", ServerFields.PowerState)]);
        }

        columns.Add(("Networks", server => Cell.ListsByKey(ServerFields.Networks(server))));
        columns.AddRange(isLong ? [imageName with { Header = "Image Name" }, imageId with { Header = "Image ID" }] : [noLookup ? imageId : imageName]);
        columns.AddRange(embedded ? [flavorName]
            : isLong ? [flavorName with { Header = "Flavor Name" }, flavorId with { Header = "Flavor ID" }]
            : [noLookup ? flavorId : flavorName]);
        if (isLong)
        {
            columns.AddRange([Columns.Of("Availability Zone", "OS-EXT-AZ:availability_zone"), Columns.Of("Host", "OS-EXT-SRV-ATTR:host"),
                Columns.Of("Properties", "metadata", Cell.Pairs)]);
        }

        columns.AddRange(wanted.SelectMany(Extra).Where(extra => columns.All(column => column.Header != extra.Header)));
        if (isLong && compute.AtLeast("2.16") && servers.Any(server => server.ContainsKey("host_status")))
            columns.Add(Columns.Of("Host Status", "host_status"));
        return Output.Table.Of(servers, columns);
    }

    /// <summary>Columns that are there only when they are asked for.</summary>
    private static IEnumerable<Column> Extra(string name) => name switch
    {
        "Project ID" or "project_id" => [Columns.Of("Project ID", "tenant_id")],
        "User ID" or "user_id" => [Columns.Of("User ID", "user_id")],
        "Created At" or "created_at" => [Columns.Of("Created At", "created")],
        "Security Groups" or "security_groups" => [("Security Groups", SecurityGroups)],
        "Task State" or "task_state" => [Columns.Of("Task State", "OS-EXT-STS:task_state")],
        "Power State" or "power_state" => [Columns.Of("Power State", "OS-EXT-STS:power_state", ServerFields.PowerState)],
        "Image ID" or "image_id" => [("Image ID", ImageId)],
        "Flavor ID" or "flavor_id" => [("Flavor ID", FlavorId)],
        "Availability Zone" or "availability_zone" => [Columns.Of("Availability Zone", "OS-EXT-AZ:availability_zone")],
        "Host" or "host" => [Columns.Of("Host", "OS-EXT-SRV-ATTR:host")],
        "Properties" or "properties" => [Columns.Of("Properties", "metadata", Cell.Pairs)],
        _ => [],
    };

    private static Cell ImageId(JsonObject server) => new(server["image"].Text("id") ?? ServerFields.BootedFromVolume);

    private static Cell ImageName(JsonObject server, ServerNames names) => server["image"].Text("id") is { } id
        ? new Cell(names.Images.GetValueOrDefault(id) ?? "")
        : new Cell(ServerFields.BootedFromVolume);

    private static Cell FlavorId(JsonObject server) => new(server["flavor"].Text("id") ?? "");

    private static Cell FlavorName(JsonObject server, ServerNames names, bool embedded) => embedded
        ? new Cell(server["flavor"].Text("original_name"))
        : new Cell(server["flavor"].Text("id") is { } id ? names.Flavors.GetValueOrDefault(id) ?? "" : "");

    private static Cell SecurityGroups(JsonObject server) =>
        Cell.List(JsonReading.Array(server.Items("security_groups").Select(group => group.Text("name")!)));
}
