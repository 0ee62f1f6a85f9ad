using System.Collections.Frozen;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Tests.Policies;

/// <summary>Every default policy decides for every kind of caller as OpenStack's own evaluation does.</summary>
public sealed class PolicyDecisionTests
{
    [Fact]
    public void Policies_for_every_persona_decide_as_the_table()
    {
        var books = new Dictionary<string, PolicyBook>(StringComparer.Ordinal);
        var wrong = new List<string>();
        var cases = 0;
        foreach (var line in Decisions.Table)
        {
            if (!books.TryGetValue(line.Service, out var book)) books[line.Service] = book = PolicyBook.Load(line.Service);
            foreach (var persona in Decisions.Personas.Take(line.Marks.Length))
            {
                cases++;
                var actual = book[line.Policy].Allows(Decisions.CallerOf(persona), Target(line.Service));
                if (actual != line.Allows(persona)) wrong.Add($"{line.Service} {line.Policy}: {persona} is {(actual ? "allowed" : "refused")}");
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
            var unscoped = Decisions.Make("reader", null) with { Roles = FrozenSet.ToFrozenSet(Decisions.Chain) };
            foreach (var line in Decisions.Table.Where(l => l.Service == service && l.Scopes != "*"))
                Assert.False(book[line.Policy].Allows(unscoped, new PolicyTarget { ["project_id"] = null }), line.Policy);
        }
    }

    /// <summary>A private thing of project A in domain D that belongs to the user "owner".</summary>
    private static PolicyTarget Target(string service)
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
