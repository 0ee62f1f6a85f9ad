using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network;

/// <summary><c>--qos-policy</c>, and <c>--no-qos-policy</c> where there may be one already.</summary>
sealed class QosPolicyOption(Syntax syntax, bool canDetach)
{
    private readonly Option<string?> _policy = syntax.ValueIn("qos", "--qos-policy", "<qos-policy>", "QoS policy to attach (name or ID)");
    private readonly Option<bool>? _none = canDetach ? syntax.FlagIn("qos", "--no-qos-policy", "Detach the QoS policy") : null;

    public bool IsGiven(Call call) => call.Has(_policy) || (_none is not null && call[_none]);

    public async Task AddTo(JsonObject body, Call call, CancellationToken cancellation)
    {
        body.With("qos_policy_id", await call.Cloud.FindIdOrNull(Resources.QosPolicy, call[_policy], cancellation));
        if (_none is not null && call[_none]) body["qos_policy_id"] = null;
    }
}
