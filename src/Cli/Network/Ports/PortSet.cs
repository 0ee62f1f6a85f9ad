using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Ports;

sealed class PortSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly ExtraProperties _extra = new(syntax);
    private readonly PortOptions _options = new(syntax);
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "New port name");
    private readonly Option<bool> _noProfile = syntax.Flag("--no-binding-profile", "Forget the binding's data there is first");
    private readonly Option<bool> _noPairs = syntax.Flag("--no-allowed-address", "Forget the other addresses there are first");
    private readonly Option<string?> _plane = syntax.Value("--data-plane-status", "<status>", "Status of the data plane", "ACTIVE", "DOWN");
    private readonly Argument<string> _port = syntax.Argument("<port>", "Port to modify (name or ID)");
    private readonly Tags _tags = new(syntax, Resources.Port, TagUse.Set);

    public override string Description => "Set port properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var port = await call.Cloud.Find(Resources.Port, call[_port], cancellation);
        var body = (await _options.Read(call, cancellation)).With("name", call[_name]).With("data_plane_status", call[_plane]);
        if (call[_noProfile]) body["binding:profile"] ??= new JsonObject();
        else if (body["binding:profile"] is JsonObject profile)
        {
            foreach (var (key, value) in port["binding:profile"] as JsonObject ?? [])
            {
                if (!profile.ContainsKey(key)) profile[key] = value.Copy();
            }
        }

        Extend(body, port, "fixed_ips", call.Has(_options.Addresses), await FixedIps.Read(call, _options.Addresses, cancellation), call[_options.NoAddress]);
        Extend(body, port, "security_groups", call.Has(_options.Groups), await _options.GroupIds(call, cancellation), call[_options.NoGroup]);
        Extend(body, port, "allowed_address_pairs", call.Has(_options.Pairs), PortOptions.AddressPairs(call, _options.Pairs), call[_noPairs]);
        _extra.AddTo(body, call);
        if (body.Count > 0)
            await call.Cloud.Network.Put("/ports/" + port.Id(), new JsonObject { ["port"] = body }, cancellation);
        await _tags.Apply(call, port, cancellation);
    }

    /// <summary>What is set is added to what is there, unless that is to be forgotten.</summary>
    private static void Extend(JsonObject body, JsonObject port, string key, bool given, IEnumerable<JsonNode> added, bool forget)
    {
        if (!given && !forget) return;
        var kept = forget ? [] : (port[key] as JsonArray ?? []).Select(item => item.Copy());
        body[key] = new JsonArray([.. kept, .. added]);
    }
}
