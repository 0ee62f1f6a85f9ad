namespace Cumulet.Cli.Connection;

/// <summary>
/// How to reach and enter one cloud: the command line over the environment over clouds.yaml, which is the order that
/// python-openstackclient works in.
/// </summary>
sealed class CloudConfiguration
{
    private readonly CloudOptions _options;
    private readonly CloudsFile _file;

    public CloudConfiguration(CloudOptions options, Terminal terminal)
    {
        _options = options;
        var hasOther = options.Value("--os-auth-url") ?? options.Value("--os-endpoint");
        _file = CloudsFile.Read(options.Value("--os-cloud"), hasOther is null, terminal);
    }

    public bool Debug => _options.Debug;

    public bool Timing => _options.Timing;

    public bool Quiet => _options.Quiet;

    public string? AuthUrl => Auth("auth-url")?.TrimEnd('/');

    public string? Region => Get("region-name") ?? _file.FirstRegion;

    public string Interface => (Get("interface") ?? _file["endpoint_type"] ?? "public").Replace("URL", "");

    public string? CaCertificate => Get("cacert");

    public string? Certificate => Get("cert");

    public string? Key => Get("key");

    public bool Insecure => _options.Insecure
        ?? (_file["verify"] is { } verify && verify.ToLowerInvariant() is "false" or "no" or "off")
            || _file["insecure"]?.ToLowerInvariant() is "true" or "yes";

    /// <summary>An authentication value such as <c>project-name</c>.</summary>
    public string? Auth(string name) => _options.Value("--os-" + name) ?? _file.Auth(name.Replace('-', '_'));

    /// <summary>A value of the connection such as <c>region-name</c>.</summary>
    public string? Get(string name) => _options.Value("--os-" + name) ?? _file[name];

    public string? AuthType => _options.Value("--os-auth-type") ?? _file["auth_type"];

    public string DefaultDomain => _options.Value("--os-default-domain") ?? _file["default_domain"] ?? "default";

    /// <summary>The version asked for: <c>2.60</c>, <c>3</c>; null when nobody asked.</summary>
    public string? Version(ServiceType service) => service switch
    {
        ServiceType.Compute => Get("compute-api-version") ?? _file["compute_default_microversion"],
        ServiceType.Volume => Get("volume-api-version") ?? _file["volume_default_microversion"],
        ServiceType.Placement => Get("placement-api-version") ?? _file["placement_default_microversion"],
        _ => null,
    };

    /// <summary>
    /// Everything that is configured, by its key in clouds.yaml; what is for entering the cloud as <c>auth.x</c>.
    /// </summary>
    public JsonObject Settings()
    {
        var settings = new JsonObject
        {
            ["cacert"] = CaCertificate, ["cert"] = Certificate, ["key"] = Key, ["default_domain"] = DefaultDomain,
            ["interface"] = Interface, ["region_name"] = Region ?? "", ["verify"] = !Insecure, ["timing"] = Timing,
            ["verbose_level"] = _options.Quiet ? 0 : _options.Verbose ? 2 : 1,
        };
        foreach (var (key, value) in _file.All)
        {
            if (!settings.ContainsKey(key)) settings[key] = value;
        }

        foreach (var setting in Commands.GlobalOptions.All.Where(setting => setting.Variable is not null))
        {
            if (_options.Value(setting.Name) is { } value) settings[KeyOf(setting.Name)] = value;
        }

        settings["auth_type"] = AuthType ?? Authentication.Kind(this);
        return settings;
    }

    private static string KeyOf(string option)
    {
        var key = option["--os-".Length..].Replace('-', '_');
        var isConnection = key is "cloud" or "region_name" or "cacert" or "cert" or "key" or "default_domain" or "interface" or "auth_type"
            || key.EndsWith("_api_version", StringComparison.Ordinal);
        return isConnection ? key : "auth." + key;
    }

    /// <summary>An endpoint that stands instead of the catalog's.</summary>
    public string? EndpointOverride(ServiceType service) => Catalog.Names(service)
        .Select(name => _file[name.Replace('-', '_') + "_endpoint_override"] ?? _file[name.Replace('-', '_') + "_endpoint"])
        .FirstOrDefault(url => url is not null);
}
