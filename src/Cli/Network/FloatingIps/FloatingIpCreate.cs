using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.FloatingIps;

sealed class FloatingIpCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly ExtraProperties _extra = new(syntax);
    private readonly Argument<string> _network = syntax.Argument("<network>", "Network to take the address from (name or ID)");
    private readonly Option<string?> _subnet = syntax.Value("--subnet", "<subnet>", "Subnet to take it from (name or ID)");
    private readonly Option<string?> _port = syntax.Value("--port", "<port>", "Port it leads to (name or ID)");
    private readonly Option<string?> _floating = syntax.Value("--floating-ip-address", "<ip-address>", "This address, if it is free");
    private readonly Option<string?> _fixed = syntax.Value("--fixed-ip-address", "<ip-address>", "Address of the port that it leads to");
    private readonly QosPolicyOption _qos = new(syntax, canDetach: false);
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly ProjectOption _project = new(syntax, "Owner's project (name or ID)");
    private readonly Option<string?> _domain = syntax.Value("--dns-domain", "<dns-domain>", "DNS domain");
    private readonly Option<string?> _name = syntax.Value("--dns-name", "<dns-name>", "DNS name");
    private readonly Tags _tags = new(syntax, Resources.FloatingIp, TagUse.Create);

    public override string Description => "Create floating IP";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var cloud = call.Cloud;
        var body = new JsonObject { ["floating_network_id"] = await cloud.FindId(Resources.Network, call[_network], cancellation) };
        body.With("subnet_id", await cloud.FindIdOrNull(Resources.Subnet, call[_subnet], cancellation))
            .With("port_id", await cloud.FindIdOrNull(Resources.Port, call[_port], cancellation))
            .With("floating_ip_address", call[_floating]).With("fixed_ip_address", call[_fixed])
            .With("description", call[_description]).With("project_id", await _project.Id(call, cancellation))
            .With("dns_domain", call[_domain]).With("dns_name", call[_name]);
        await _qos.AddTo(body, call, cancellation);
        _extra.AddTo(body, call);
        var answer = await cloud.Network.Post("/floatingips", new JsonObject { ["floatingip"] = body }, cancellation);
        var address = answer["floatingip"]!.AsObject();
        await _tags.Apply(call, address, cancellation);
        return FloatingIpFields.Show(address);
    }
}
