using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network.Qos;

sealed class QosRuleSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly ExtraProperties _extra = new(syntax);
    private readonly RuleArgument _rule = new(syntax);
    private readonly RuleOptions _options = new(syntax);

    public override string Description => "Set Network QoS rule properties";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        try
        {
            var (type, path) = await _rule.Find(call, "Rule not found", cancellation);
            var body = await _options.Read(call, type, isCreate: false, cancellation);
            _extra.AddTo(body, call);
            if (body.Count > 0) await call.Cloud.Network.Put(path, new JsonObject { [type.Key] = body }, cancellation);
        }
        catch (Exception error) when (error is ApiError or CommandError)
        {
            throw new CommandError($"Failed to set Network QoS rule ID \"{_rule.Id(call)}\": {error.Message}");
        }
    }
}
