using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Commands;

/// <summary>Options that every command takes: how to reach and enter the cloud, and how much to say.</summary>
sealed class GlobalOptions
{
    /// <summary>An option with a value, the variable that stands in for it, and what it is for.</summary>
    public sealed record Setting(string Name, string Metavar, string? Variable, string Help);

    public static readonly Setting[] All =
    [
        new("--os-cloud", "<cloud-config-name>", "OS_CLOUD", "Cloud name in clouds.yaml"),
        new("--os-region-name", "<auth-region-name>", "OS_REGION_NAME", "Region whose endpoints are used"),
        new("--os-cacert", "<ca-bundle-file>", "OS_CACERT", "CA certificate bundle file"),
        new("--os-cert", "<certificate-file>", "OS_CERT", "Client certificate file"),
        new("--os-key", "<key-file>", "OS_KEY", "Client certificate key file"),
        new("--os-default-domain", "<auth-domain>", "OS_DEFAULT_DOMAIN", "Default domain ID, default=default"),
        new("--os-interface", "<interface>", "OS_INTERFACE", "Interface of the endpoints: public, internal or admin"),
        new("--os-compute-api-version", "<version>", "OS_COMPUTE_API_VERSION", "Compute API version, default=2.1"),
        new("--os-identity-api-version", "<version>", "OS_IDENTITY_API_VERSION", "Identity API version, default=3"),
        new("--os-image-api-version", "<version>", "OS_IMAGE_API_VERSION", "Image API version, default=2"),
        new("--os-network-api-version", "<version>", "OS_NETWORK_API_VERSION", "Network API version, default=2.0"),
        new("--os-volume-api-version", "<version>", "OS_VOLUME_API_VERSION", "Volume API version, default=3"),
        new("--os-placement-api-version", "<version>", "OS_PLACEMENT_API_VERSION", "Placement API version, default=1.0"),
        new("--os-auth-type", "<auth-type>", "OS_AUTH_TYPE",
            "password, token, v3applicationcredential, v3totp, v3multifactor, admin_token or none; chosen by what else is given"),
        new("--os-auth-methods", "<auth-methods>", "OS_AUTH_METHODS", "Methods of v3multifactor: v3password,v3totp"),
        new("--os-auth-url", "<auth-url>", "OS_AUTH_URL", "Address of the Identity service"),
        new("--os-username", "<username>", "OS_USERNAME", "User name"),
        new("--os-user-id", "<user-id>", "OS_USER_ID", "User ID"),
        new("--os-password", "<password>", "OS_PASSWORD", "Password of the user"),
        new("--os-passcode", "<passcode>", "OS_PASSCODE", "The user's one-time passcode (TOTP)"),
        new("--os-user-domain-id", "<domain-id>", "OS_USER_DOMAIN_ID", "Domain ID of the user"),
        new("--os-user-domain-name", "<domain-name>", "OS_USER_DOMAIN_NAME", "Domain name of the user"),
        new("--os-project-name", "<project-name>", "OS_PROJECT_NAME", "Project to scope to (name)"),
        new("--os-project-id", "<project-id>", "OS_PROJECT_ID", "Project to scope to (ID)"),
        new("--os-project-domain-id", "<domain-id>", "OS_PROJECT_DOMAIN_ID", "Domain ID of the project"),
        new("--os-project-domain-name", "<domain-name>", "OS_PROJECT_DOMAIN_NAME", "Domain name of the project"),
        new("--os-domain-id", "<domain-id>", "OS_DOMAIN_ID", "Domain to scope to (ID)"),
        new("--os-domain-name", "<domain-name>", "OS_DOMAIN_NAME", "Domain to scope to (name)"),
        new("--os-system-scope", "<system-scope>", "OS_SYSTEM_SCOPE", "Scope to the system: all"),
        new("--os-trust-id", "<trust-id>", "OS_TRUST_ID", "Trust to use"),
        new("--os-token", "<token>", "OS_TOKEN", "Token to authenticate with"),
        new("--os-endpoint", "<endpoint>", "OS_ENDPOINT", "The one endpoint to use with an admin token"),
        new("--os-application-credential-id", "<id>", "OS_APPLICATION_CREDENTIAL_ID", "Application credential ID"),
        new("--os-application-credential-name", "<name>", "OS_APPLICATION_CREDENTIAL_NAME", "Application credential name"),
        new("--os-application-credential-secret", "<secret>", "OS_APPLICATION_CREDENTIAL_SECRET",
            "Application credential secret"),
        new("--os-tenant-name", "<project-name>", "OS_TENANT_NAME", "Older word for --os-project-name"),
        new("--os-tenant-id", "<project-id>", "OS_TENANT_ID", "Older word for --os-project-id"),
        new("--log-file", "<file>", null, "Write the trace of --debug into this file"),
    ];

    public static readonly (string[] Names, string Help)[] Flags =
    [
        (["--version"], "Show the version and exit"),
        (["-h", "--help"], "Show this help and exit"),
        (["-v", "--verbose"], "Say more on the error stream"),
        (["-q", "--quiet"], "Say only warnings and errors"),
        (["--debug"], "Show requests and answers on the error stream, secrets hidden"),
        (["--timing"], "Print how long each API call took"),
        (["--verify"], "Verify the server's certificate (default)"),
        (["--insecure"], "Do not verify the server's certificate"),
        (["--os-beta-command"], "Accepted for compatibility"),
    ];

    private readonly Dictionary<string, Option<string?>> _settings = [];
    private readonly Dictionary<string, Option<bool>> _flags = [];

    /// <summary>Builds the options for the parser.</summary>
    public IEnumerable<Option> Build()
    {
        foreach (var setting in All)
            yield return _settings[setting.Name] = new Option<string?>(setting.Name) { Arity = ArgumentArity.ExactlyOne };
        foreach (var (names, _) in Flags)
            yield return _flags[names[^1]] = new Option<bool>(names[^1], names[..^1]) { Arity = ArgumentArity.Zero };
    }

    public bool Knows(string arg) => TakesValue(arg) || Name(arg) is var name && Flags.Any(flag => flag.Names.Contains(name))
        || All.Any(setting => setting.Name == name);

    /// <summary>True when the value is the next word on the line.</summary>
    public bool TakesValue(string arg) => All.Any(setting => setting.Name == arg);

    private static string Name(string arg) => arg.Split('=', 2)[0];

    /// <summary>What was given on the line or, failing that, in the environment.</summary>
    /// <exception cref="UsageError">The line names a way to enter that there is not.</exception>
    public CloudOptions Settings(ParseResult values, Terminal terminal)
    {
        if (values.GetValue(_settings["--os-auth-type"]) is { } type && !Authentication.Types.Contains(type))
        {
            throw new UsageError($"openstack: error: argument --os-auth-type: invalid choice: '{type}' (choose from "
                + string.Join(", ", Authentication.Types.Select(choice => $"'{choice}'")) + ")",
                "usage: openstack [global options] <command> [options]");
        }

        return Read(values, terminal);
    }

    private CloudOptions Read(ParseResult values, Terminal terminal) => new(
        name => values.GetValue(_settings[name]) is { } given ? given
            : All.First(setting => setting.Name == name).Variable is { } variable ? terminal.Variable(variable) : null)
    {
        Debug = values.GetValue(_flags["--debug"]),
        Timing = values.GetValue(_flags["--timing"]),
        Quiet = values.GetValue(_flags["--quiet"]),
        Verbose = values.GetValue(_flags["--verbose"]),
        Insecure = values.GetValue(_flags["--insecure"]) ? true : values.GetValue(_flags["--verify"]) ? false : null,
        VersionOnLine = name => values.GetValue(_settings[name]),
    };
}
