using System.Collections.Frozen;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>Every default policy decides for every kind of caller as OpenStack's own evaluation does.</summary>
public sealed class PolicyDecisionTests
{
    private static readonly string[] Personas =
    [
        "admin", "manager", "member", "reader", "no_role", "other_manager", "other_member", "other_reader", "service",
        "self_reader", "self_member", "system_reader", "system_admin", "domain_reader", "domain_member", "domain_manager", "domain_admin",
    ];

    private static readonly string[] Chain = ["admin", "manager", "member", "reader"];

    [Fact]
    public void Policies_for_every_persona_decide_as_the_table()
    {
        var books = new Dictionary<string, PolicyBook>(StringComparer.Ordinal);
        var wrong = new List<string>();
        var cases = 0;
        foreach (var line in Table())
        {
            if (line.Split('\t') is not [var service, var name, var scopes, var decisions]) throw new FormatException(line);
            if (!books.TryGetValue(service, out var book)) books[service] = book = PolicyBook.Load(service);
            for (var i = 0; i < decisions.Length; i++)
            {
                cases++;
                var caller = CallerOf(Personas[i]);
                var isInScope = scopes == "*" || scopes.Split(',').Contains(caller.ScopeType);
                var expected = isInScope && decisions[i] == '+';
                var actual = book[name].Allows(caller, Target(service, Personas[i]));
                if (actual != expected) wrong.Add($"{service} {name}: {Personas[i]} is {(actual ? "allowed" : "refused")}");
            }
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {cases}:\n{string.Join('\n', wrong)}");
        Assert.True(cases > 9_000, $"only {cases} cases");
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("image")]
    [InlineData("block-storage")]
    [InlineData("network")]
    [InlineData("compute")]
    [InlineData("placement")]
    public void Book_of_every_service_loads_and_an_unknown_name_throws(string service)
    {
        var book = PolicyBook.Load(service);
        Assert.NotEmpty(book.Names);
        var unknown = Assert.Throws<InvalidOperationException>(() => new RouteTable(book).Get("/x", "no:such:policy", _ => throw new NotSupportedException()));
        Assert.Contains("no:such:policy", unknown.Message);
    }

    [Fact]
    public void Caller_without_any_scope_is_refused_by_every_scoped_policy()
    {
        foreach (var service in new[] { "image", "network", "compute", "placement" })
        {
            var book = PolicyBook.Load(service);
            var unscoped = Make("reader", null) with { Roles = FrozenSet.ToFrozenSet(Chain) };
            foreach (var line in Table().Where(l => l.StartsWith(service + "\t", StringComparison.Ordinal)))
                if (line.Split('\t') is [_, var name, not "*", _])
                    Assert.False(book[name].Allows(unscoped, new PolicyTarget { ["project_id"] = null }), name);
        }
    }

    private static IEnumerable<string> Table()
    {
        using var stream = typeof(PolicyDecisionTests).Assembly.GetManifestResourceStream("decisions")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            if (line is not (['#', ..] or "")) yield return line;
    }

    private static Caller CallerOf(string persona) => persona switch
    {
        "admin" => Make("admin", "other"),
        "service" => Make("service", "other"),
        "no_role" => Make("guest", "A"),
        "self_reader" => Make("reader", "own") with { UserId = "owner" },
        "self_member" => Make("member", "own") with { UserId = "owner" },
        ['o', 't', 'h', 'e', 'r', '_', .. var role] => Make(role, "other"),
        ['s', 'y', 's', 't', 'e', 'm', '_', .. var role] => Make(role, null) with { SystemScope = true },
        ['d', 'o', 'm', 'a', 'i', 'n', '_', .. var role] => Make(role, null) with { DomainId = "D" },
        _ => Make(persona, "A"),
    };

    private static Caller Make(string role, string? project) => new()
    {
        UserId = "someone",
        UserName = "someone",
        UserDomainId = "D",
        ProjectId = project,
        ProjectDomainId = project is null ? null : "D2",
        Roles = FrozenSet.ToFrozenSet(Chain.Contains(role) ? Chain.SkipWhile(r => r != role) : [role]),
    };

    /// <summary>A private thing of project A in domain D that belongs to the user "owner".</summary>
    private static PolicyTarget Target(string service, string persona)
    {
        var target = new PolicyTarget
        {
            ["project_id"] = "A",
            ["tenant_id"] = "A",
            ["owner"] = "A",
            ["visibility"] = "private",
            ["shared"] = "False",
            ["router:external"] = "False",
            ["device_owner"] = "compute:nova",
            ["target_project"] = "A",
            ["target_tenant"] = "A",
            ["belongs_to_default_sg"] = "False",
            ["network:project_id"] = "A",
            ["ext_parent:project_id"] = "A",
            ["security_group:project_id"] = "A",
            ["user_id"] = "owner",
            ["domain_id"] = "D",
        };
        if (service != "identity") return target;
        foreach (var kind in new[] { "project", "group", "user", "role" }) target[$"target.{kind}.domain_id"] = "D";
        foreach (var name in new[] { "credential.user_id", "trust.trustor_user_id", "trust.trustee_user_id", "user.id", "token.user_id" })
            target[$"target.{name}"] = "owner";
        target["target.domain.id"] = "D";
        target["target.domain_id"] = "D";
        target["target.project.id"] = "A";
        target["target.limit.project_id"] = "A";
        target["target.limit.project.domain_id"] = "D";
        target["target.limit.domain.id"] = "D";
        target["target.role.name"] = "member";
        return target;
    }
}
