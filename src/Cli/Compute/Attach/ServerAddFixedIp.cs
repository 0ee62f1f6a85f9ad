using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Attach;

sealed class ServerAddFixedIp(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Argument<string> _network = syntax.Argument("<network>", "Network to take the address from (name or ID)");
    private readonly Option<string?> _address = syntax.Value("--fixed-ip-address", "<ip-address>", "This address");
    private readonly Option<string?> _tag = syntax.Value("--tag", "<tag>", "Tag of the interface (needs 2.49)");

    public override string Description => "Add fixed IP address to server";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        compute.Prefer("2.49");
        if (call.Has(_tag)) compute.Need("2.49", "--tag option");
        var network = call.Cloud.FindId(Resources.Network, call[_network], cancellation);
        var server = await call.Cloud.FindId(Resources.Server with { Noun = "Server", SaysFoundFor = true }, call[_server], cancellation);
        var body = new JsonObject { ["net_id"] = await network }.With("tag", call[_tag]);
        if (call[_address] is { } address) body["fixed_ips"] = new JsonArray(new JsonObject { ["ip_address"] = address });
        var answer = await compute.Post($"/servers/{server}/os-interface", new JsonObject { ["interfaceAttachment"] = body }, cancellation);
        var made = answer["interfaceAttachment"] as JsonObject ?? [];
        List<(string, Cell)> fields =
        [
            ("Port ID", Cell.Plain(made["port_id"].Copy())), ("Server ID", new Cell(server)), ("Network ID", Cell.Plain(made["net_id"].Copy())),
            ("MAC Address", Cell.Plain(made["mac_addr"].Copy())), ("Port State", Cell.Plain(made["port_state"].Copy())),
            ("Fixed IPs", Cell.PairsList(made["fixed_ips"].Copy())),
        ];
        if (compute.AtLeast("2.49")) fields.Add(("Tag", Cell.Plain(made["tag"].Copy())));
        return new Record(fields);
    }
}
