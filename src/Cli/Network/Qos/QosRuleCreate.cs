using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Qos;

sealed class QosRuleCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly ExtraProperties _extra = new(syntax);
    private readonly Argument<string> _policy = syntax.Argument("<qos-policy>", "QoS policy that contains the rule (name or ID)");
    private readonly Option<string?> _type = syntax.Needed("--type", "<type>", "QoS rule type",
        [.. RuleType.All.Select(type => type.Name)]);
    private readonly RuleOptions _options = new(syntax);

    public override string Description => "Create new Network QoS rule";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        try
        {
            var type = RuleType.Of(call[_type])!;
            var policy = await call.Cloud.FindId(Resources.QosPolicy, call[_policy], cancellation);
            var body = await _options.Read(call, type, isCreate: true, cancellation);
            _extra.AddTo(body, call);
            var answer = await call.Cloud.Network.Post($"/qos/policies/{policy}/{type.Path}", new JsonObject { [type.Key] = body },
                cancellation);
            return type.Shown.Show(answer[type.Key]!.AsObject());
        }
        catch (Exception error) when (error is ApiError or CommandError)
        {
            throw new CommandError($"Failed to create Network QoS rule: {error.Message}");
        }
    }
}
