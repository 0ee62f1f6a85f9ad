using Cumulet.Cli.Commands;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Qos;

sealed class VolumeQosCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _name = syntax.Argument("<name>", "New QoS specification name");
    private readonly Option<string?> _consumer = syntax.Value("--consumer", "<consumer>", "Who keeps to it (default: both)",
        "front-end", "back-end", "both");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Set a property (repeatable)");

    public override string Description => "Create new QoS specification";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var body = new JsonObject { ["name"] = call[_name], ["consumer"] = call[_consumer] ?? "both" };
        foreach (var (key, value) in call.Pairs(_properties)) body[key] = value?.DeepClone();
        var answer = await call.Cloud.Volume.Post("/qos-specs", new JsonObject { ["qos_specs"] = body }, cancellation);
        return QosSpec.Show(answer["qos_specs"]!.AsObject(), null);
    }
}
