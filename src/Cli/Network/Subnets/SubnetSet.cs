using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Subnets;

sealed class SubnetSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly ExtraProperties _extra = new(syntax);
    private readonly Argument<string> _subnet = syntax.Argument("<subnet>", "Subnet to modify (name or ID)");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "New subnet name");
    private readonly SubnetOptions _options = new(syntax, isCreate: false);
    private readonly Option<bool> _noPools = syntax.Flag("--no-allocation-pool", "Forget the pools there are first");
    private readonly Option<bool> _noServers = syntax.Flag("--no-dns-nameservers", "Forget the DNS servers there are first");
    private readonly Option<bool> _noRoutes = syntax.Flag("--no-host-route", "Forget the routes there are first");
    private readonly Tags _tags = new(syntax, Resources.Subnet, TagUse.Set);

    public override string Description => "Set subnet properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var subnet = await call.Cloud.Find(Resources.Subnet, call[_subnet], cancellation);
        var body = (await _options.Read(call, cancellation)).With("name", call[_name]);
        Extend(body, subnet, "allocation_pools", call[_noPools]);
        Extend(body, subnet, "dns_nameservers", call[_noServers]);
        Extend(body, subnet, "host_routes", call[_noRoutes]);
        Extend(body, subnet, "service_types", false);
        _extra.AddTo(body, call);
        if (body.Count > 0)
            await call.Cloud.Network.Put("/subnets/" + subnet.Id(), new JsonObject { ["subnet"] = body }, cancellation);
        await _tags.Apply(call, subnet, cancellation);
    }

    /// <summary>What is set is added to what is there, unless that is to be forgotten.</summary>
    private static void Extend(JsonObject body, JsonObject subnet, string key, bool forget)
    {
        if (body[key] is JsonArray added && !forget)
        {
            foreach (var item in subnet[key] as JsonArray ?? []) added.Add(item.Copy());
        }
        else if (forget && body[key] is null)
        {
            body[key] = new JsonArray();
        }
    }
}
