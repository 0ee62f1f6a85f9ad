using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.SubnetPools;

/// <summary>Ranges from which subnets take theirs.</summary>
static class SubnetPools
{
    private static readonly Kind Pool = new(Resources.SubnetPool, "subnet pool", new Fields(
        "address_scope_id created_at default_prefixlen default_quota description id ip_version is_default max_prefixlen min_prefixlen name "
        + "prefixes project_id revision_number shared tags updated_at",
        new()
        {
            ["prefixes"] = Cell.List, ["tags"] = Cell.List, ["default_prefixlen"] = Cell.Whole, ["min_prefixlen"] = Cell.Whole,
            ["max_prefixlen"] = Cell.Whole,
        }).Show) { IsTagged = true };

    public static CommandBase Create(Syntax syntax) => new CreateThing(syntax, Pool, "Create subnet pool", form => form
        .Name("Name of the new subnet pool")
        .Texts("--pool-prefix", "<pool-prefix>", "prefixes", "Prefix in CIDR notation (repeatable)", needed: true)
        .Lengths()
        .Project("Owner's project (name or ID)")
        .Found("--address-scope", "<address-scope>", Resources.AddressScope, "address_scope_id", "Address scope it belongs to (name or ID)")
        .Default()
        .Either("--share", "--no-share", "shared", "Share it between projects", "Do not share it")
        .Description("Description")
        .Quota());

    public static CommandBase Delete(Syntax syntax) => new DeleteThings(syntax, Pool, "Delete subnet pool(s)");

    public static CommandBase List(Syntax syntax) => new ListThings(syntax, Pool, "List subnet pools",
        [Columns.OrNone("ID", "id"), Columns.OrNone("Name", "name"), Columns.OrNone("Prefixes", "prefixes", Cell.List)],
        form => form
            .Either("--share", "--no-share", "shared", "Keep pools that are shared", "Keep pools that are not shared")
            .Either("--default", "--no-default", "is_default", "Keep default pools", "Keep pools that are no default")
            .Project("Keep pools of this project (name or ID)")
            .Text("--name", "<name>", "name", "Keep pools of this name")
            .Found("--address-scope", "<address-scope>", Resources.AddressScope, "address_scope_id",
                "Keep pools of this address scope (name or ID)"),
        [
            Columns.OrNone("Default Prefix Length", "default_prefixlen", Cell.Whole), Columns.OrNone("Address Scope", "address_scope_id"),
            Columns.OrNone("Default Subnet Pool", "is_default"), Columns.OrNone("Shared", "shared"), Columns.OrNone("Tags", "tags",
                Cell.List),
        ]);

    public static CommandBase Set(Syntax syntax) => new SetThing(syntax, Pool, "Set subnet pool properties", form => form
        .NewName("New name")
        .Texts("--pool-prefix", "<pool-prefix>", "prefixes", "Prefix to add, in CIDR notation (repeatable)", extends: true)
        .Lengths()
        .Found("--address-scope", "<address-scope>", Resources.AddressScope, "address_scope_id",
            "Address scope it belongs to (name or ID)", "scope")
        .Flag("--no-address-scope", "address_scope_id", () => null, "Take it out of its address scope", "scope")
        .Default()
        .Description("Description")
        .Quota());

    public static CommandBase Show(Syntax syntax) => new ShowThing(syntax, Pool, "Display subnet pool details");

    public static CommandBase Unset(Syntax syntax) => new UnsetTags(syntax, Pool, "Unset subnet pool properties");

    private static Form Lengths(this Form form) => form
        .Size("--default-prefix-length", "<default-prefix-length>", "default_prefixlen", "Prefix length of subnets that name none")
        .Size("--min-prefix-length", "<min-prefix-length>", "min_prefixlen", "Smallest prefix length")
        .Size("--max-prefix-length", "<max-prefix-length>", "max_prefixlen", "Largest prefix length");

    private static Form Default(this Form form) =>
        form.Either("--default", "--no-default", "is_default", "Make it the default pool", "Make it no default pool");

    private static Form Quota(this Form form) =>
        form.Number("--default-quota", "<num-ip-addresses>", "default_quota", "How many addresses a project may take from it");
}
