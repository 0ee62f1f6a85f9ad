using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Cloudwide.Introspection;

sealed class ConfigurationShow(Syntax syntax) : ShowCommand(syntax)
{
    private static readonly string[] Secrets = ["auth.password", "auth.token", "auth.passcode", "auth.application_credential_secret"];

    private readonly Option<bool> _mask = syntax.FlagIn("secrets", "--mask", "Hide passwords and tokens (default)");
    private readonly Option<bool> _unmask = syntax.FlagIn("secrets", "--unmask", "Show passwords and tokens");

    public override string Description => "Display configuration details";

    protected override Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var isHidden = call.Either(_mask, _unmask) ?? true;
        return Task.FromResult<Record?>(Record.Sorted(call.Cloud.Configuration.Settings().Select(pair =>
            (pair.Key, isHidden && Secrets.Contains(pair.Key) ? new Cell("<redacted>") : Cell.Plain(pair.Value.Copy())))));
    }
}
