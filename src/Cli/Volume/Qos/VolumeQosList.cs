using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Qos;

sealed class VolumeQosList(Syntax syntax) : ListCommand(syntax)
{
    public override string Description => "List QoS specifications";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var client = call.Cloud.Volume;
        var specs = await client.List("/qos-specs", "qos_specs", cancellation);
        // The service tells who uses one only one by one.
        var used = await Task.WhenAll(specs.Select(async qos => (Qos: qos, By: await QosSpec.Associations(client, qos, cancellation))));
        return Table.Of(used,
        [
            ("ID", row => new Cell(row.Qos["id"].Copy())), ("Name", row => new Cell(row.Qos["name"].Copy())),
            ("Consumer", row => new Cell(row.Qos["consumer"].Copy())),
            ("Associations", row => row.By.Count > 0 ? Cell.List(row.By) : new Cell("")),
            ("Properties", row => Cell.Pairs(row.Qos["specs"].Copy())),
        ]);
    }
}
