using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Qos;

/// <summary>Bundles of limits and marks for ports, networks and floating IPs.</summary>
static class QosPolicies
{
    private static readonly Kind Policy = new(Resources.QosPolicy, "QoS policy",
        new Fields("description id is_default name project_id rules shared tags", []).Show)
    {
        Plural = "QoS policies", Metavar = "<qos-policy>", FailedWith = "QoS policy",
    };

    public static CommandBase Create(Syntax syntax) => new CreateThing(syntax, Policy, "Create a QoS policy", form => form
        .Name("Name of QoS policy to create")
        .Description("Description")
        .Sharing()
        .Project("Owner's project (name or ID)")
        .Default());

    public static CommandBase Delete(Syntax syntax) => new DeleteThings(syntax, Policy, "Delete Qos Policy(s)");

    public static CommandBase List(Syntax syntax) => new ListThings(syntax, Policy, "List QoS policies",
        [
            Columns.OrNone("ID", "id"), Columns.OrNone("Name", "name"), Columns.OrNone("Shared", "shared"),
            Columns.OrNone("Default", "is_default"), Columns.OrNone("Project", "project_id"),
        ],
        form => form.Project("Keep policies of this project (name or ID)").Sharing());

    public static CommandBase Set(Syntax syntax) => new SetThing(syntax, Policy, "Set QoS policy properties", form => form
        .NewName("New name")
        .Description("Description")
        .Sharing()
        .Default());

    public static CommandBase Show(Syntax syntax) => new ShowThing(syntax, Policy, "Display QoS policy details");

    private static Form Sharing(this Form form) =>
        form.Either("--share", "--no-share", "shared", "Shared between projects", "Not shared between projects");

    private static Form Default(this Form form) =>
        form.Either("--default", "--no-default", "is_default", "Make it the project's default policy", "Make it no default policy");
}
