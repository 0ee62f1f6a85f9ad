using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Volume.Attachments;

/// <summary>Who connects to a volume, and how: what a compute host says of itself.</summary>
sealed class ConnectorOptions(Syntax syntax)
{
    private readonly Option<string?> _initiator = syntax.Value("--initiator", "<initiator>", "IQN of the initiator");
    private readonly Option<string?> _ip = syntax.Value("--ip", "<ip>", "IP address of the system");
    private readonly Option<string?> _host = syntax.Value("--host", "<host>", "Name of the host");
    private readonly Option<string?> _platform = syntax.Value("--platform", "<platform>", "Platform type");
    private readonly Option<string?> _osType = syntax.Value("--os-type", "<ostype>", "OS type");
    private readonly Option<bool> _multipath = syntax.Flag("--multipath", "Use multipath");
    private readonly Option<bool> _singlePath = syntax.Flag("--no-multipath", "Do not use multipath (default)");
    private readonly Option<string?> _mountpoint = syntax.Value("--mountpoint", "<mountpoint>", "Where the volume is attached: /dev/vdb");

    public bool AreGiven(Call call) => call[_multipath]
        || new[] { _initiator, _ip, _host, _platform, _mountpoint }.Any(option => call[option] is not null);

    public JsonObject Read(Call call) => new()
    {
        ["initiator"] = call[_initiator], ["ip"] = call[_ip], ["platform"] = call[_platform], ["host"] = call[_host],
        ["os_type"] = call[_osType], ["multipath"] = call.Either(_multipath, _singlePath) ?? false, ["mountpoint"] = call[_mountpoint],
    };
}
