using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Rbac;

/// <summary>What of one project others may use.</summary>
static class RbacPolicies
{
    private static readonly Dictionary<string, Resource> Types = new()
    {
        ["address_group"] = Resources.AddressGroup, ["address_scope"] = Resources.AddressScope,
            ["security_group"] = Resources.SecurityGroup,
        ["subnetpool"] = Resources.SubnetPool, ["qos_policy"] = Resources.QosPolicy, ["network"] = Resources.Network,
    };

    private static readonly string[] Actions = ["access_as_external", "access_as_shared"];

    private static readonly Kind Policy = new(Resources.Rbac, "RBAC policy",
        new Fields("action id object_id object_type project_id target_project_id=target_tenant", []).Show)
    {
        Plural = "RBAC policies", Metavar = "<rbac-policy>", NamedBy = "ID",
    };

    public static CommandBase Create(Syntax syntax) => new CreateThing(syntax, Policy, "Create network RBAC policy", form => form
        .With(Shared)
        .Needed("--action", "<action>", "action", "What others may do with it", Actions)
        .With(syntax => Target(syntax, isCreate: true))
        .Project("The owner project (name or ID)"));

    public static CommandBase Delete(Syntax syntax) => new DeleteThings(syntax, Policy, "Delete network RBAC policy(s)");

    public static CommandBase List(Syntax syntax) => new ListThings(syntax, Policy, "List network RBAC policies",
        [Columns.OrNone("ID", "id"), Columns.OrNone("Object Type", "object_type"), Columns.OrNone("Object ID", "object_id")],
        form => form
            .Text("--type", "<type>", "object_type", "Keep policies of this type of object", null, [.. Types.Keys])
            .Text("--action", "<action>", "action", "Keep policies of this action", null, Actions),
        [Columns.OrNone("Action", "action")]);

    public static CommandBase Set(Syntax syntax) => new SetThing(syntax, Policy, "Set network RBAC policy properties",
        form => form.With(syntax => Target(syntax, isCreate: false)));

    public static CommandBase Show(Syntax syntax) => new ShowThing(syntax, Policy, "Display network RBAC policy details");

    /// <summary>What is shared, found by its type.</summary>
    private static Func<Draft, CancellationToken, Task> Shared(Syntax syntax)
    {
        var thing = syntax.Argument("<rbac-object>", "What the policy is about (name or ID)");
        var type = syntax.Needed("--type", "<type>", "Type of the object", [.. Types.Keys]);
        return async (draft, cancellation) =>
        {
            draft.Body["object_type"] = draft.Call[type];
            draft.Body["object_id"] = await draft.Call.Cloud.FindId(Types[draft.Call[type]!], draft.Call[thing], cancellation);
        };
    }

    /// <summary>Who may use it.</summary>
    private static Func<Draft, CancellationToken, Task> Target(Syntax syntax, bool isCreate)
    {
        var project = syntax.ValueIn("target", "--target-project", "<target-project>", "Project that may use it (name or ID)");
        var all = isCreate ? syntax.FlagIn("target", "--target-all-projects", "All projects may use it") : null;
        var domain = syntax.Value("--target-project-domain", "<target-project-domain>",
            "Domain the target project belongs to (name or ID)");
        if (isCreate) syntax.NeedOneOf("target");
        return async (draft, cancellation) =>
        {
            var call = draft.Call;
            if (all is not null && call[all]) draft.Body["target_tenant"] = "*";
            if (call[project] is not { } name) return;
            var domainId = await call.Cloud.FindIdOrNull(Resources.Domain, call[domain], cancellation);
            draft.Body["target_tenant"] = await Ids.Of(call.Cloud, Resources.Project, name, domainId, cancellation);
        };
    }
}
