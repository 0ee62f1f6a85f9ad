using System.Text.Json.Nodes;
using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Cloudwide.Quotas;

sealed class QuotaSet(Syntax syntax) : ActionCommand(syntax)
{
    private readonly Argument<string> _project = syntax.Argument("<project/class>", "Set quotas of this project or class (name or ID)");
    private readonly Option<bool> _class = syntax.Flag("--class", "Set the quotas of a class");
    private readonly (string Field, Option<string?> Option)[] _compute = Options(syntax, QuotaNames.Compute);
    private readonly (string Field, Option<string?> Option)[] _volume = Options(syntax, QuotaNames.Volume);
    private readonly (string Field, Option<string?> Option)[] _network = Options(syntax, QuotaNames.Network);
    private readonly Option<string?> _type = syntax.Value("--volume-type", "<volume-type>", "Set gigabytes, snapshots and volumes of this volume type");
    private readonly Option<bool> _force = syntax.Flag("--force", "Even below what is in use");
    private readonly Option<bool> _check = syntax.Flag("--check-limit", "Never below what is in use");

    public override string Description => "Set quotas for project or class";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var (compute, volume, network) = (Read(call, _compute), Read(call, _volume), Read(call, _network));
        if (call[_type] is { } type)
        {
            foreach (var field in QuotaNames.PerVolumeType)
            {
                if (volume.Remove(field, out var value)) volume[$"{field}_{type}"] = value;
            }
        }

        if (call[_class])
        {
            await Put(call.Cloud.Compute, "/os-quota-class-sets/" + call[_project], "quota_class_set", compute, cancellation);
            await Put(call.Cloud.Volume, "/os-quota-class-sets/" + call[_project], "quota_class_set", volume, cancellation);
            if (network.Count > 0) call.Terminal.Error.WriteLine("Network quotas are ignored since quota classes are not supported.");
            return;
        }

        var project = await call.Cloud.FindId(Resources.Project, call[_project], cancellation);
        if (compute.Count > 0 && call[_force]) compute["force"] = true;
        if (network.Count > 0 && call[_check]) network["check_limit"] = true;
        if (network.Count > 0 && call[_force]) network["force"] = true;
        await Put(call.Cloud.Compute, "/os-quota-sets/" + project, "quota_set", compute, cancellation);
        await Put(call.Cloud.Volume, "/os-quota-sets/" + project, "quota_set", volume, cancellation);
        await Put(call.Cloud.Network, "/quotas/" + project, "quota", network, cancellation);
    }

    private static (string, Option<string?>)[] Options(Syntax syntax, (string Field, string Option)[] names) =>
        [.. names.Select(name => (name.Field, syntax.Value("--" + name.Option, $"<{name.Option}>", $"New value of the {name.Option} quota")))];

    private static JsonObject Read(Call call, (string Field, Option<string?> Option)[] options)
    {
        var values = new JsonObject();
        foreach (var (field, option) in options)
        {
            if (call.Number(option) is { } value) values[field] = value;
        }

        return values;
    }

    private static Task Put(ServiceClient client, string path, string key, JsonObject values, CancellationToken cancellation) =>
        values.Count == 0 ? Task.CompletedTask : client.Put(path, new JsonObject { [key] = values }, cancellation);
}
