using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Projects;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity.DomainConfig;

/// <summary>
/// /v3/domains/{id}/config: options of a domain's identity driver, kept and shown. Users live in this cloud's own
/// database whatever they say; what they hold of secrets is never shown again.
/// </summary>
internal sealed class DomainConfigRoutes(IdentityParts parts)
{
    private sealed record Option(string Group, string Name, string Value);

    /// <summary>What Keystone lets a domain set, with the default as JSON.</summary>
    private static readonly Dictionary<string, Dictionary<string, string>> Known = new(StringComparer.Ordinal)
    {
        ["identity"] = new(StringComparer.Ordinal) { ["driver"] = "\"sql\"", ["list_limit"] = "null" },
        ["ldap"] = new(StringComparer.Ordinal)
        {
            ["url"] = "\"ldap://localhost\"", ["user"] = "null", ["suffix"] = "\"cn=example,cn=com\"", ["query_scope"] = "\"one\"",
            ["page_size"] = "0", ["user_tree_dn"] = "null", ["user_filter"] = "null", ["user_objectclass"] = "\"inetOrgPerson\"",
            ["user_id_attribute"] = "\"cn\"", ["user_name_attribute"] = "\"sn\"", ["user_mail_attribute"] = "\"mail\"",
            ["user_enabled_attribute"] = "\"enabled\"", ["group_tree_dn"] = "null", ["group_filter"] = "null",
            ["group_objectclass"] = "\"groupOfNames\"", ["group_id_attribute"] = "\"cn\"", ["group_name_attribute"] = "\"ou\"",
            ["group_member_attribute"] = "\"member\"", ["use_tls"] = "false", ["password"] = "null",
        },
    };

    private static readonly Dictionary<string, string> Secret = new(StringComparer.Ordinal) { ["ldap"] = "password" };

    private static bool IsSecret(Option option) => Secret.GetValueOrDefault(option.Group) == option.Name;

    // Defaults.

    public Task<Reply> Default(ApiRequest request) => Answer(200, Defaults());

    public Task<Reply> DefaultGroup(ApiRequest request) => Answer(200, Group(Defaults(), request[0]));

    public Task<Reply> DefaultOption(ApiRequest request)
    {
        CheckKnown(request[0], request[1]);
        return AnswerOption(Defaults(), request[0], request[1]);
    }

    private static List<Option> Defaults() =>
        [.. Known.SelectMany(g => g.Value.Select(o => new Option(g.Key, o.Key, o.Value))).Where(o => !IsSecret(o))];

    // A domain's own.

    public Task<Reply> Show(ApiRequest request)
    {
        var options = Of(request[0]);
        return options.Count > 0 ? Answer(200, options) : throw Missing(null, null);
    }

    public Task<Reply> ShowGroup(ApiRequest request)
    {
        CheckKnown(request[1], null);
        return Answer(200, Group(Of(request[0]), request[1]));
    }

    public Task<Reply> ShowOption(ApiRequest request)
    {
        CheckKnown(request[1], request[2]);
        return AnswerOption(Of(request[0]), request[1], request[2]);
    }

    private List<Option> Of(string domainId) => parts.Database.Read(tx => Of(tx, domainId)).FindAll(o => !IsSecret(o));

    private static List<Option> Of(Tx tx, string domainId)
    {
        if (ProjectStore.FindDomain(tx, domainId) is null) throw IdentityFault.NotFound("domain", domainId);
        return tx.Query($"SELECT group_name, option_name, value FROM identity_domain_config WHERE domain_id = {domainId} ORDER BY group_name, option_name",
            row => new Option(row.Text(), row.Text(), row.Text()));
    }

    private static List<Option> Group(List<Option> options, string group)
    {
        CheckKnown(group, null);
        var found = options.FindAll(o => o.Group == group);
        return found.Count > 0 ? found : throw Missing(group, null);
    }

    private static Fault Missing(string? group, string? option) => Fault.NotFound(option is not null
        ? $"Could not find option {option} in group {group} in domain configuration for domain."
        : group is not null ? $"Could not find group {group} in domain configuration for domain." : "Could not find any options in domain configuration for domain.");

    private static void CheckKnown(string group, string? option)
    {
        if (!Known.TryGetValue(group, out var options))
            throw Fault.Forbidden($"Invalid domain specific configuration: Group {group.Truncated()} is not supported for domain specific configurations.");
        if (option is not null && !options.ContainsKey(option))
            throw Fault.Forbidden($"Invalid domain specific configuration: Option {option.Truncated()} in group {group} is not supported for domain specific configurations.");
    }

    // Changes.

    public async Task<Reply> Create(ApiRequest request)
    {
        var options = ReadGroups(await Config(request));
        var isNew = await parts.Changes.Write(tx =>
        {
            var before = Of(tx, request[0]);
            tx.Execute($"DELETE FROM identity_domain_config WHERE domain_id = {request[0]}");
            Put(tx, request[0], options);
            return before.Count == 0;
        });
        return await Answer(isNew ? 201 : 200, Of(request[0]));
    }

    public Task<Reply> Update(ApiRequest request) => Change(request, _ => true);

    public async Task<Reply> UpdateGroup(ApiRequest request)
    {
        CheckKnown(request[1], null);
        return await Change(request, o => o.Group == request[1]);
    }

    public async Task<Reply> UpdateOption(ApiRequest request)
    {
        CheckKnown(request[1], request[2]);
        var config = await Config(request);
        // Here the body holds the option itself, or its group around it.
        var inner = config.Get(request[1]) ?? config;
        if (inner.Get(request[2]) is not { } value || inner.GetPropertyCount() != 1)
            throw Fault.Forbidden($"Invalid domain specific configuration: the body must name the option {request[2]} and nothing else.");
        await parts.Changes.Write(tx =>
        {
            if (!Of(tx, request[0]).Exists(o => o.Group == request[1] && o.Name == request[2])) throw Missing(request[1], request[2]);
            Put(tx, request[0], [new Option(request[1], request[2], value.GetRawText())]);
        });
        return await Answer(200, Of(request[0]));
    }

    private async Task<Reply> Change(ApiRequest request, Predicate<Option> belongs)
    {
        var options = ReadGroups(await Config(request));
        if (!options.TrueForAll(belongs))
            throw Fault.Forbidden("Invalid domain specific configuration: the body names another group than the path.");
        await parts.Changes.Write(tx =>
        {
            Of(tx, request[0]);
            Put(tx, request[0], options);
        });
        return await Answer(200, Of(request[0]));
    }

    private static async Task<JsonElement> Config(ApiRequest request)
    {
        var body = await request.Body();
        return body.Get("config") is { ValueKind: JsonValueKind.Object } config ? config : throw Tokens.Reference.Missing("config", "body");
    }

    private static List<Option> ReadGroups(JsonElement config)
    {
        var options = new List<Option>();
        foreach (var group in config.EnumerateObject())
        {
            CheckKnown(group.Name, null);
            if (group.Value.ValueKind != JsonValueKind.Object)
                throw Fault.Forbidden($"Invalid domain specific configuration: the group {group.Name} must hold options.");
            foreach (var option in group.Value.EnumerateObject())
            {
                CheckKnown(group.Name, option.Name);
                options.Add(new Option(group.Name, option.Name, option.Value.GetRawText()));
            }
        }
        return options.Count > 0 ? options : throw Fault.Forbidden("Invalid domain specific configuration: No options specified.");
    }

    private static void Put(Tx tx, string domainId, List<Option> options)
    {
        foreach (var option in options)
        {
            tx.Execute($"DELETE FROM identity_domain_config WHERE domain_id = {domainId} AND group_name = {option.Group} AND option_name = {option.Name}");
            tx.Execute($"""
                INSERT INTO identity_domain_config (domain_id, group_name, option_name, value)
                VALUES ({domainId}, {option.Group}, {option.Name}, {option.Value})
                """);
        }
    }

    public Task<Reply> Delete(ApiRequest request) => Remove(request, _ => true, null, null);

    public Task<Reply> DeleteGroup(ApiRequest request)
    {
        CheckKnown(request[1], null);
        return Remove(request, o => o.Group == request[1], request[1], null);
    }

    public Task<Reply> DeleteOption(ApiRequest request)
    {
        CheckKnown(request[1], request[2]);
        return Remove(request, o => o.Group == request[1] && o.Name == request[2], request[1], request[2]);
    }

    private async Task<Reply> Remove(ApiRequest request, Predicate<Option> which, string? group, string? option)
    {
        await parts.Changes.Write(tx =>
        {
            var gone = Of(tx, request[0]).FindAll(which);
            if (gone.Count == 0) throw Missing(group, option);
            foreach (var o in gone)
                tx.Execute($"DELETE FROM identity_domain_config WHERE domain_id = {request[0]} AND group_name = {o.Group} AND option_name = {o.Name}");
        });
        return Reply.Empty();
    }

    private static Task<Reply> Answer(int status, List<Option> options) => IdentityJson.One(status, "config", json =>
    {
        foreach (var group in options.GroupBy(o => o.Group))
        {
            json.WriteStartObject(group.Key);
            foreach (var option in group)
            {
                json.WritePropertyName(option.Name);
                json.WriteRawValue(option.Value);
            }
            json.WriteEndObject();
        }
    });

    private static Task<Reply> AnswerOption(List<Option> options, string group, string name)
    {
        var option = options.Find(o => o.Group == group && o.Name == name) ?? throw Missing(group, name);
        return IdentityJson.One(200, "config", json =>
        {
            json.WritePropertyName(name);
            json.WriteRawValue(option.Value);
        });
    }
}
