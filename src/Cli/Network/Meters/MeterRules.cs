using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.Meters;

/// <summary>Which traffic a meter counts.</summary>
static class MeterRules
{
    private static readonly Kind Rule = new(Resources.MeterRule, "meter rule", new Fields(
        "destination_ip_prefix direction id is_excluded=excluded metering_label_id name project_id remote_ip_prefix source_ip_prefix",
            []).Show)
    {
        Metavar = "<meter-rule-id>", NamedBy = "ID",
    };

    public static CommandBase Create(Syntax syntax) => new CreateThing(syntax, Rule, "Create a new meter rule", form => form
        .Project("Owner's project (name or ID)")
        .Either("--exclude", "--include", "excluded", "Do not count this traffic", "Count this traffic (default)")
        .Flag("--ingress", "direction", () => "ingress", "What comes in (default)", "direction")
        .Flag("--egress", "direction", () => "egress", "What goes out", "direction")
        .Text("--remote-ip-prefix", "<remote-ip-prefix>", "remote_ip_prefix", "Addresses at the other end")
        .Text("--source-ip-prefix", "<remote-ip-prefix>", "source_ip_prefix", "Addresses it comes from")
        .Text("--destination-ip-prefix", "<remote-ip-prefix>", "destination_ip_prefix", "Addresses it goes to")
        .With(Label));

    public static CommandBase Delete(Syntax syntax) => new DeleteThings(syntax, Rule, "Delete meter rule(s)");

    public static CommandBase List(Syntax syntax) => new ListThings(syntax, Rule, "List meter rules",
        [
            Columns.OrNone("ID", "id"), Columns.OrNone("Excluded", "excluded"), Columns.OrNone("Direction", "direction"),
            Columns.OrNone("Remote IP Prefix", "remote_ip_prefix"), Columns.OrNone("Source IP Prefix", "source_ip_prefix"),
            Columns.OrNone("Destination IP Prefix", "destination_ip_prefix"),
        ]);

    public static CommandBase Show(Syntax syntax) => new ShowThing(syntax, Rule, "Display meter rules details");

    private static Func<Draft, CancellationToken, Task> Label(Syntax syntax)
    {
        var meter = syntax.Argument("<meter>", "Label to associate with this metering rule (name or ID)");
        return async (draft, cancellation) =>
        {
            draft.Body["direction"] ??= "ingress";
            draft.Body["metering_label_id"] = await draft.Call.Cloud.FindId(Resources.Meter, draft.Call[meter], cancellation);
        };
    }
}
