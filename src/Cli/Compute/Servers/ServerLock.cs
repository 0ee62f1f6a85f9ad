using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerLock(Syntax syntax)
    : ServersAction(syntax, "Lock server(s). A non-admin user will not be able to execute actions", "lock")
{
    private readonly Option<string?> _reason = syntax.Value("--reason", "<reason>", "Why (needs 2.73)");

    protected override JsonNode? Value(Call call)
    {
        if (call[_reason] is not { } reason) return null;
        call.Cloud.Compute.Need("2.73", "--reason option");
        return new JsonObject { ["locked_reason"] = reason };
    }
}
