using System.Diagnostics;
using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerSsh(Syntax syntax) : CommandBase(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Option<string?> _login = syntax.Value("--login,-l", "<login-name>", "Login name");
    private readonly Option<string?> _port = syntax.Value("--port,-p", "<port>", "Port of the guest's ssh");
    private readonly Option<string?> _identity = syntax.Value("--identity,-i", "<keyfile>", "Private key file");
    private readonly Option<string?> _option = syntax.Value("--option,-o", "<config-options>", "Option of ssh");
    private readonly Option<bool> _ipv4 = syntax.FlagIn("family", "-4", "Use only IPv4 addresses");
    private readonly Option<bool> _ipv6 = syntax.FlagIn("family", "-6", "Use only IPv6 addresses");
    private readonly Option<bool> _public = syntax.FlagIn("kind", "--public", "Use the public address (default)");
    private readonly Option<bool> _private = syntax.FlagIn("kind", "--private", "Use the private address");
    private readonly Option<string?> _kind = syntax.ValueIn("kind", "--address-type", "<address-type>", "Use another address: the name of a network, or public, private");
    private readonly Argument<string[]> _rest = syntax.Several("-- <standard ssh args>", "What ssh itself takes, behind --", optional: true);

    public override string Description => "SSH to server";

    public override async Task<int> Execute(Call call, CancellationToken cancellation)
    {
        _ = call[_public];
        var server = await call.Cloud.Find(Resources.Server, call[_server], cancellation);
        int[] versions = call[_ipv4] ? [4] : call[_ipv6] ? [6] : [4, 6];
        var address = ServerAddress.Choose(server, call[_kind] ?? (call[_private] ? "private" : "public"), versions);
        var start = new ProcessStartInfo("ssh");
        Add(start, "-p", call[_port]);
        Add(start, "-i", call[_identity]);
        Add(start, "-o", call[_option]);
        if (!call[_rest].Contains("-l"))
            Add(start, "-l", call[_login] ?? (await call.Cloud.Session(cancellation)).Body.Field("user").Text("name"));
        start.ArgumentList.Add(address);
        // Last, so that a command behind `--` is not given our options as its own.
        foreach (var arg in call[_rest]) start.ArgumentList.Add(arg);
        using var ssh = Process.Start(start) ?? throw new CommandError("ssh could not be started");
        await ssh.WaitForExitAsync(cancellation);
        return ssh.ExitCode;
    }

    private static void Add(ProcessStartInfo start, string option, string? value)
    {
        if (value is null) return;
        start.ArgumentList.Add(option);
        start.ArgumentList.Add(value);
    }
}
