using System.Collections.Frozen;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Tests.Policies;

/// <summary>What OpenStack's own evaluation of its default policies decides, for every kind of caller (decisions.txt).</summary>
internal static class Decisions
{
    public static readonly string[] Personas =
    [
        "admin", "manager", "member", "reader", "no_role", "other_manager", "other_member", "other_reader", "service",
        "self_reader", "self_member", "system_reader", "system_admin", "domain_reader", "domain_member", "domain_manager", "domain_admin",
    ];

    public static readonly string[] Chain = ["admin", "manager", "member", "reader"];

    /// <summary>Scopes are separated by commas, <c>*</c> for any; a plus or minus stands for each persona.</summary>
    public sealed record Line(string Service, string Policy, string Scopes, string Marks)
    {
        public bool Allows(string persona)
        {
            var index = Array.IndexOf(Personas, persona);
            return index < Marks.Length && Marks[index] == '+' && (Scopes == "*" || Scopes.Split(',').Contains(CallerOf(persona).ScopeType));
        }
    }

    public static IReadOnlyList<Line> Table { get; } = [.. Read()];

    private static IEnumerable<Line> Read()
    {
        using var stream = typeof(Decisions).Assembly.GetManifestResourceStream("decisions")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            if (line is not (['#', ..] or ""))
                yield return line.Split('\t') is [var service, var policy, var scopes, var marks]
                    ? new Line(service, policy, scopes, marks)
                    : throw new FormatException(line);
    }

    public static Caller CallerOf(string persona) => persona switch
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

    public static Caller Make(string role, string? project) => new()
    {
        UserId = "someone",
        UserName = "someone",
        UserDomainId = "D",
        ProjectId = project,
        ProjectDomainId = project is null ? null : "D2",
        Roles = FrozenSet.ToFrozenSet(Chain.Contains(role) ? Chain.SkipWhile(r => r != role) : [role]),
    };
}
