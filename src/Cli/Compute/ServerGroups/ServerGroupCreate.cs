using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.ServerGroups;

sealed class ServerGroupCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _name = syntax.Argument("<name>", "New server group name");
    private readonly Option<string?> _policy = syntax.Value("--policy", "<policy>", "Where its servers go (default affinity)",
        "affinity", "anti-affinity", "soft-affinity", "soft-anti-affinity");
    private readonly Option<string[]> _rules = syntax.Values("--rule", "<key=value>", "Rule of the policy, such as max_server_per_host=3 (needs 2.64)");

    public override string Description => "Create a new server group.";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        var policy = call[_policy] ?? "affinity";
        compute.Prefer("2.64");
        if (policy.StartsWith("soft-", StringComparison.Ordinal)) compute.Need("2.15", policy + " policy");
        if (call.Has(_rules)) compute.Need("2.64", "--rule option");
        var body = new JsonObject { ["name"] = call[_name] };
        if (compute.AtLeast("2.64")) body["policy"] = policy;
        else body["policies"] = new JsonArray(policy);
        if (call.Has(_rules))
        {
            body["rules"] = new JsonObject(call.Pairs(_rules).Select(pair => KeyValuePair.Create(pair.Key,
                int.TryParse(pair.Value!.GetValue<string>(), out var number) ? (JsonNode?)number : pair.Value.Copy())));
        }

        var answer = await compute.Post("/os-server-groups", new JsonObject { ["server_group"] = body }, cancellation);
        return ServerGroupFields.Show(answer["server_group"]!.AsObject(), compute);
    }
}
