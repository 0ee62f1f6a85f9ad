namespace Cumulet.Datapath.Compile;

/// <summary>
/// Every name on the host. Devices live in namespaces of their own, so short ones do; only an uplink's host end meets
/// strangers and has the cloud in it (15 characters at most: x65535-cccccccc).
/// </summary>
sealed record Names(string Cloud)
{
    public const string Host = "";

    public string Switch => $"cum-{Cloud}";
    public string Dhcp(Guid network) => $"{Switch}-d-{network:D}";
    public string Router(Guid router) => $"{Switch}-r-{router:D}";

    /// <summary>Scratch namespace in which a rule set is loaded to learn how the kernel prints it.</summary>
    public string Scratch => $"{Switch}-scratch";
    public string Uplink(int network) => $"x{network}-{Cloud}";
    public string HostTable => $"cumulet-{Cloud}";
    public bool IsUplink(string device) => device.StartsWith('x') && device.EndsWith($"-{Cloud}", StringComparison.Ordinal);
    public bool IsNamespace(string name) =>
        name == Switch || name.StartsWith(Switch + "-", StringComparison.Ordinal);

    public static string Bridge(int network) => $"b{network}";
    public static string Tap(int port) => $"t{port}";

    /// <summary>End in the switch of a DHCP's or router's port.</summary>
    public static string SwitchEnd(int port) => $"p{port}";

    /// <summary>The other end, in the DHCP's or router's namespace.</summary>
    public static string InnerEnd(int port) => $"q{port}";
    public static string UplinkSwitchEnd(int network) => $"u{network}";

    public static string Check(string cloud) =>
        cloud.Length is >= 1 and <= 8 && cloud.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
            ? cloud
            : throw new DatapathException(DatapathFailure.BadPlan, $"cloud '{cloud}': give 1 to 8 of a-z and 0-9");
}
