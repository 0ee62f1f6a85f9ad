using System.Collections.Frozen;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Tests.Foundation;

public sealed class CheckStringTests
{
    private static readonly Caller Reader = new()
    {
        UserId = "u",
        UserName = "u",
        UserDomainId = "d",
        ProjectId = "p",
        Roles = FrozenSet.ToFrozenSet(["reader"]),
    };

    [Theory]
    [InlineData("@", true)]
    [InlineData("!", false)]
    [InlineData("role:reader", true)]
    [InlineData("role:READER", true)]
    [InlineData("role:admin", false)]
    [InlineData("not role:admin", true)]
    [InlineData("not not role:admin", false)]
    // "and" binds tighter than "or", "not" tighter than both.
    [InlineData("@ or @ and !", true)]
    [InlineData("! and @ or @", true)]
    [InlineData("(@ or @) and !", false)]
    [InlineData("not ! and !", false)]
    [InlineData("not (! and !)", true)]
    [InlineData("! or not (role:admin or role:manager)", true)]
    [InlineData("role:reader AND NOT role:admin", true)]
    [InlineData("((role:reader))", true)]
    [InlineData("project_id:%(project_id)s", true)]
    [InlineData("project_id:%(other)s", false)]
    [InlineData("(project_id:%(project_id)s and role:reader)", true)]
    [InlineData("project_id:p", true)]
    [InlineData("domain_id:None", true)]
    [InlineData("not project_id:None", true)]
    [InlineData("is_admin:True", false)]
    [InlineData("is_admin:False", true)]
    [InlineData("'public':%(visibility)s", true)]
    [InlineData("'private':%(visibility)s", false)]
    [InlineData("field:networks:shared=True", true)]
    [InlineData("field:networks:shared=true", true)]
    [InlineData("field:networks:router:external=True", false)]
    [InlineData("field:port:device_owner=~^network:", true)]
    [InlineData("field:port:device_owner=~^compute:", false)]
    [InlineData("field:port:missing=~.*", false)]
    public void Parse_condition_holds_as_the_policy_language_says(string text, bool expected) =>
        Assert.Equal(expected, Allows(text, Reader, new PolicyTarget
        {
            ["project_id"] = "p",
            ["other"] = "q",
            ["visibility"] = "public",
            ["shared"] = "True",
            ["router:external"] = "False",
            ["device_owner"] = "network:dhcp",
        }));

    [Fact]
    public void Same_of_two_missing_values_never_holds()
    {
        var nobody = Reader with { ProjectId = null };
        Assert.False(Allows("project_id:%(project_id)s", nobody, new PolicyTarget { ["project_id"] = null }));
        Assert.False(Allows("project_id:%(project_id)s", nobody, []));
        Assert.False(Allows("project_id:%(project_id)s", Reader, new PolicyTarget { ["project_id"] = null }));
        Assert.False(Allows("domain_id:%(domain_id)s", nobody, new PolicyTarget { ["domain_id"] = null }));
        Assert.False(Allows("project_id:%(project_id)s", nobody, new PolicyTarget { ["project_id"] = "None" }));
    }

    [Fact]
    public void None_holds_only_for_a_target_that_has_the_attribute_as_null()
    {
        Assert.True(Allows("None:%(domain_id)s", Reader, new PolicyTarget { ["domain_id"] = null }));
        Assert.False(Allows("None:%(domain_id)s", Reader, new PolicyTarget { ["domain_id"] = "d" }));
        Assert.False(Allows("None:%(domain_id)s", Reader, []));
    }

    [Theory]
    [InlineData("")]
    [InlineData("role:a or")]
    [InlineData("or role:a")]
    [InlineData("(role:a")]
    [InlineData("role:a)")]
    [InlineData("role:a role:b")]
    [InlineData("role")]
    [InlineData("field:networks:shared")]
    [InlineData("not")]
    public void Parse_malformed_text_throws(string text) => Assert.Throws<FormatException>(() => CheckString.Parse(text));

    [Theory]
    [InlineData("a\t*\trule:b")]
    [InlineData("a\t*\tnot (role:x or rule:b)")]
    public void Book_with_an_unknown_rule_does_not_load(string text) =>
        Assert.Throws<InvalidOperationException>(() => PolicyBook.Parse("test", text));

    [Theory]
    [InlineData("a\t*\trule:a")]
    [InlineData("a\t*\trule:b\nb\t*\trole:x or rule:a")]
    [InlineData("a\t*\trol:admin")]
    [InlineData("a\t*\tproject:%(project_id)s")]
    [InlineData("a\t*")]
    public void Book_with_a_circle_an_unknown_attribute_or_a_short_line_does_not_load(string text) =>
        Assert.Throws<FormatException>(() => PolicyBook.Parse("test", text));

    [Fact]
    public void Scope_of_the_token_that_is_not_accepted_refuses_whatever_the_roles()
    {
        var book = PolicyBook.Parse("test", "a\tproject\t@\nb\tsystem,domain\t@\nc\t*\t@");
        Assert.True(book["a"].Allows(Reader, []));
        Assert.False(book["b"].Allows(Reader, []));
        Assert.True(book["c"].Allows(Reader, []));
        Assert.False(book["a"].Allows(Reader with { ProjectId = null, SystemScope = true }, []));
        Assert.True(book["b"].Allows(Reader with { ProjectId = null, SystemScope = true }, []));
        Assert.True(book["b"].Allows(Reader with { ProjectId = null, DomainId = "d" }, []));
    }

    private static bool Allows(string check, Caller caller, PolicyTarget target) =>
        PolicyBook.Parse("test", $"a\t*\t{check}")["a"].Allows(caller, target);
}
