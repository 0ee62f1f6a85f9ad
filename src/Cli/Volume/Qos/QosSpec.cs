using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Qos;

/// <summary>A specification is shown with the names of the types that use it; its specs under the name of their option.</summary>
static class QosSpec
{
    public static Record Show(JsonObject qos, JsonArray? associations)
    {
        var fields = qos.Where(pair => pair.Key != "links").Select(pair => pair.Key == "specs"
            ? ("properties", Cell.Pairs(pair.Value.Copy())) : (pair.Key, Cell.Plain(pair.Value.Copy()))).ToList();
        if (associations is { Count: > 0 }) fields.Add(("associations", Cell.List(associations)));
        return Record.Sorted(fields);
    }

    /// <summary>Names of volume types.</summary>
    public static async Task<JsonArray> Associations(ServiceClient client, JsonObject qos, CancellationToken cancellation)
    {
        var associations = await client.List($"/qos-specs/{qos.Id()}/associations", "qos_associations", cancellation);
        return JsonReading.Array(associations.Select(association => association.Text("name") ?? ""));
    }
}
