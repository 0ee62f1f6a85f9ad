namespace Cumulet.Cli.Connection;

/// <summary>Who we are at this cloud: the token, and what the Identity service said about it.</summary>
sealed record Session(string Token, JsonObject Body)
{
    public string? ProjectId => Body.Field("project").Text("id");

    public string? UserId => Body.Field("user").Text("id");
}

/// <summary>Turns the configuration into the body of <c>POST /v3/auth/tokens</c>. Pure: asks nothing of the network.</summary>
static class Authentication
{
    public static readonly string[] Types =
        ["password", "v3password", "token", "v3token", "v3applicationcredential", "v3totp", "v3multifactor", "admin_token", "none"];

    /// <exception cref="CommandError">Something needed is missing; the text names it.</exception>
    public static JsonObject Request(CloudConfiguration configuration, Func<string, string?> askSecret)
    {
        var type = Kind(configuration);
        var identity = type == "v3multifactor" ? Several(configuration, askSecret) : Proof(type, configuration, askSecret);
        var auth = new JsonObject { ["identity"] = identity };
        if (type != "application_credential") auth.With("scope", Scope(configuration));
        return new JsonObject { ["auth"] = auth };
    }

    private static JsonObject Proof(string kind, CloudConfiguration configuration, Func<string, string?> askSecret) => kind switch
    {
        "password" => Password(configuration, askSecret),
        "token" => Method("token", new JsonObject { ["id"] = Needed(configuration, "token", kind) }),
        "application_credential" => ApplicationCredential(configuration),
        "totp" => Method("totp", new JsonObject
        {
            ["user"] = User(configuration, "v3totp").With("passcode", configuration.Auth("passcode") ?? askSecret("Passcode: ")
                ?? throw new CommandError("No passcode entered, or found via --os-passcode or OS_PASSCODE")),
        }),
        _ => throw new CommandError($"auth type '{kind}' is not supported here: use password, token, v3applicationcredential, v3totp or v3multifactor"),
    };

    private static JsonObject Several(CloudConfiguration configuration, Func<string, string?> askSecret)
    {
        var (methods, proofs) = (new JsonArray(), new JsonObject());
        foreach (var type in Needed(configuration, "auth-methods", "v3multifactor").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var kind = Kind(type);
            methods.Add((JsonNode)kind);
            proofs[kind] = Proof(kind, configuration, askSecret)[kind]?.DeepClone();
        }

        proofs["methods"] = methods;
        return proofs;
    }

    /// <summary>The kind of proof, from auth_type or from what else is there.</summary>
    public static string Kind(CloudConfiguration configuration) => configuration.AuthType switch
    {
        { } type => Kind(type),
        null when configuration.Auth("application-credential-secret") is not null => "application_credential",
        null when configuration.Auth("token") is not null => configuration.Auth("endpoint") is null ? "token" : "admin_token",
        null => "password",
    };

    /// <summary>What to say where the cloud wants more than was proved.</summary>
    /// <param name="rules">Lists of methods, one of which is to be proved as a whole.</param>
    public static string Lacks(JsonArray rules)
    {
        var ways = string.Join(", or ", rules.OfType<JsonArray>().Select(rule => string.Join(" and ", rule.Select(method => method?.ToString()))));
        return $"This user has to prove {ways}: give --os-auth-type v3multifactor, --os-auth-methods v3password,v3totp and --os-passcode (or OS_PASSCODE).";
    }

    private static string Kind(string type) => type switch
    {
        "password" or "v3password" => "password",
        "token" or "v3token" => "token",
        "v3applicationcredential" => "application_credential",
        "totp" or "v3totp" => "totp",
        _ => type,
    };

    private static JsonObject Method(string name, JsonObject proof) =>
        new() { ["methods"] = new JsonArray(name), [name] = proof };

    private static JsonObject Password(CloudConfiguration configuration, Func<string, string?> askSecret)
    {
        var user = User(configuration, "password");
        user["password"] = configuration.Auth("password") ?? askSecret("Password: ")
            ?? throw new CommandError("No password entered, or found via --os-password or OS_PASSWORD");
        return Method("password", new JsonObject { ["user"] = user });
    }

    private static JsonObject ApplicationCredential(CloudConfiguration configuration)
    {
        var proof = new JsonObject { ["secret"] = Needed(configuration, "application-credential-secret", "v3applicationcredential") };
        if (configuration.Auth("application-credential-id") is { } id)
            proof["id"] = id;
        else
        {
            proof["name"] = Needed(configuration, "application-credential-name", "v3applicationcredential");
            proof["user"] = User(configuration, "v3applicationcredential");
        }

        return Method("application_credential", proof);
    }

    private static JsonObject User(CloudConfiguration configuration, string type) => configuration.Auth("user-id") is { } id
        ? new JsonObject { ["id"] = id }
        : new JsonObject { ["name"] = Needed(configuration, "username", type), ["domain"] = Domain(configuration, "user-domain") };

    private static JsonNode? Scope(CloudConfiguration configuration)
    {
        if (configuration.Auth("system-scope") is not null)
            return new JsonObject { ["system"] = new JsonObject { ["all"] = true } };
        if (configuration.Auth("trust-id") is { } trust)
            return new JsonObject { ["OS-TRUST:trust"] = new JsonObject { ["id"] = trust } };
        if ((configuration.Auth("project-id") ?? configuration.Auth("tenant-id")) is { } project)
            return new JsonObject { ["project"] = new JsonObject { ["id"] = project } };
        if ((configuration.Auth("project-name") ?? configuration.Auth("tenant-name")) is { } name)
        {
            return new JsonObject
            {
                ["project"] = new JsonObject { ["name"] = name, ["domain"] = Domain(configuration, "project-domain") },
            };
        }

        if (configuration.Auth("domain-id") is { } domain)
            return new JsonObject { ["domain"] = new JsonObject { ["id"] = domain } };
        return configuration.Auth("domain-name") is { } domainName
            ? new JsonObject { ["domain"] = new JsonObject { ["name"] = domainName } }
            : null;
    }

    private static JsonObject Domain(CloudConfiguration configuration, string of) =>
        configuration.Auth(of + "-id") is { } id ? new JsonObject { ["id"] = id }
        : configuration.Auth(of + "-name") is { } name ? new JsonObject { ["name"] = name }
        : new JsonObject { ["id"] = configuration.DefaultDomain };

    private static string Needed(CloudConfiguration configuration, string name, string type) => configuration.Auth(name)
        ?? throw new CommandError($"Missing value {name} required for auth plugin {type}: give --os-{name}, "
            + $"OS_{name.Replace('-', '_').ToUpperInvariant()} or an entry of clouds.yaml");
}
