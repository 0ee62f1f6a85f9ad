using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Identity.Tokens;

/// <summary>By id, or by name together with a domain.</summary>
internal sealed record Reference(string? Id, string? Name, Reference? Domain)
{
    /// <param name="what">For the error text: user, project, domain.</param>
    public static Reference Read(JsonElement json, string what, bool needsDomain)
    {
        if (json.ValueKind != JsonValueKind.Object) throw Missing("id", what);
        var id = Text(json, "id", what);
        if (id is not null) return new Reference(id, null, null);
        var name = Text(json, "name", what) ?? throw Missing("id or name", what);
        if (!needsDomain) return new Reference(null, name, null);
        var domain = json.Get("domain") ?? throw Missing("domain", what);
        return new Reference(null, name, Read(domain, "domain", needsDomain: false));
    }

    private static string? Text(JsonElement json, string member, string what) => json.Get(member) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { } other => throw Fault.BadRequest($"Invalid input for field '{what}/{member}': {other.GetRawText().Truncated()} is not of type 'string'"),
    };

    public static Fault Missing(string member, string what) => Fault.BadRequest(
        $"Expecting to find {member} in {what}. The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.");
}

/// <summary>One way in which a caller says who he is.</summary>
internal abstract record AuthMethod
{
    private AuthMethod(string method) => Method = method;

    /// <summary>Its name in the API.</summary>
    public string Method { get; }

    public sealed record Password(Reference User, string Secret) : AuthMethod("password");
    public sealed record ByToken(string Text) : AuthMethod("token");
    /// <param name="Code">Six digits that count for a minute.</param>
    public sealed record Passcode(Reference User, string Code) : AuthMethod("totp");
    /// <param name="User">Whose credential, where it is named rather than given by id.</param>
    public sealed record ApplicationCredential(string? Id, string? Name, Reference? User, string Secret) : AuthMethod("application_credential");
}

/// <summary>The scope as asked for.</summary>
internal abstract record WantedScope
{
    private WantedScope() { }

    /// <summary>Nothing said: the user's default project, if it can be had.</summary>
    public sealed record Default : WantedScope;
    public sealed record Unscoped : WantedScope;
    public sealed record Project(Reference Which) : WantedScope;
    public sealed record Domain(Reference Which) : WantedScope;
    public sealed record System : WantedScope;
    public sealed record Trust(string Id) : WantedScope;
}

/// <summary>The body of POST /v3/auth/tokens, checked.</summary>
internal sealed record AuthRequest(IReadOnlyList<AuthMethod> Methods, WantedScope Scope)
{
    public static AuthRequest Read(JsonElement body)
    {
        if (body.Get("auth") is not { ValueKind: JsonValueKind.Object } auth) throw Fault.BadRequest("'auth' is a required property");
        if (auth.Get("identity") is not { ValueKind: JsonValueKind.Object } identity)
            throw Fault.BadRequest("Invalid input for field 'auth': 'identity' is a required property");
        // What is malformed is said before who it is from is asked.
        var scope = ReadScope(auth);
        return new AuthRequest(ReadMethods(identity), scope);
    }

    private static List<AuthMethod> ReadMethods(JsonElement identity)
    {
        if (identity.Get("methods") is not { ValueKind: JsonValueKind.Array } names)
            throw Fault.BadRequest("Invalid input for field 'auth/identity': 'methods' is a required property");
        foreach (var name in (string[])["password", "token", "application_credential", "totp"])
            if (identity.Get(name) is { ValueKind: not JsonValueKind.Object } wrong)
                throw Fault.BadRequest($"Invalid input for field 'auth/identity/{name}': {wrong.GetRawText().Truncated()} is not of type 'object'");
        var methods = new List<AuthMethod>(2);
        // A method named a thousand times is still one proof: each is checked once.
        foreach (var name in names.EnumerateArray().Select(n => n.ValueKind == JsonValueKind.String ? n.GetString()! : n.GetRawText()).Distinct())
        {
            if (name is not ("password" or "token" or "application_credential" or "totp"))
                throw Fault.Unauthorized($"Attempted to authenticate with an unsupported method: {name.Truncated()}.");
            if (identity.Get(name) is not { ValueKind: JsonValueKind.Object } content)
                throw Reference.Missing(name, "identity");
            methods.Add(ReadMethod(name, content));
        }
        return methods.Count > 0 ? methods : throw Fault.Unauthorized();
    }

    private static AuthMethod ReadMethod(string name, JsonElement content)
    {
        switch (name)
        {
            case "password":
                if (content.Get("user") is not { } who) throw Reference.Missing("user", "password");
                return new AuthMethod.Password(Reference.Read(who, "user", needsDomain: true), Secret(who, "password", "user"));
            case "totp":
                if (content.Get("user") is not { } whose) throw Reference.Missing("user", "totp");
                return new AuthMethod.Passcode(Reference.Read(whose, "user", needsDomain: true), Secret(whose, "passcode", "user"));
            case "token":
                return new AuthMethod.ByToken(Secret(content, "id", "token"));
            default:
                var id = content.GetText("id");
                var user = content.Get("user");
                if (id is null && user is null) throw Reference.Missing("user", "application_credential");
                var owner = user is { } named ? Reference.Read(named, "user", needsDomain: true) : null;
                if (id is null && content.GetText("name") is null) throw Reference.Missing("id or name", "application_credential");
                return new AuthMethod.ApplicationCredential(id, content.GetText("name"), owner, Secret(content, "secret", "application_credential"));
        }
    }

    private static string Secret(JsonElement json, string member, string what) => json.Get(member) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        null => throw Reference.Missing(member, what),
        _ => throw Fault.BadRequest($"Invalid input for field '{what}/{member}': it is not of type 'string'"),
    };

    private static WantedScope ReadScope(JsonElement auth)
    {
        if (auth.Get("scope") is not { } scope) return new WantedScope.Default();
        if (scope.ValueKind == JsonValueKind.String)
            return scope.GetString() == "unscoped" ? new WantedScope.Unscoped() : throw BadScope();
        if (scope.ValueKind != JsonValueKind.Object) throw BadScope();
        if (scope.GetPropertyCount() != 1)
            throw Fault.BadRequest("Scope has to be exactly one of: project, domain, system, OS-TRUST:trust, unscoped.");
        if (scope.Get("project") is { } project) return new WantedScope.Project(Reference.Read(project, "project", needsDomain: true));
        if (scope.Get("domain") is { } domain) return new WantedScope.Domain(Reference.Read(domain, "domain", needsDomain: false));
        if (scope.Get("system") is { ValueKind: JsonValueKind.Object } system)
            return system.GetFlag("all") is true ? new WantedScope.System() : throw BadScope();
        if (scope.Get("OS-TRUST:trust") is { ValueKind: JsonValueKind.Object } trust)
            return new WantedScope.Trust(trust.GetText("id") ?? throw Reference.Missing("id", "OS-TRUST:trust"));
        if (scope.Has("unscoped")) return new WantedScope.Unscoped();
        throw BadScope();
    }

    private static Fault BadScope() =>
        Fault.BadRequest("Invalid input for field 'auth/scope': it must be one of project, domain, system {\"all\": true}, OS-TRUST:trust, \"unscoped\".");
}
