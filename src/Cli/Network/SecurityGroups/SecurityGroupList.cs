using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Network.SecurityGroups;

sealed class SecurityGroupList : ListCommand
{
    private readonly ProjectOption _project;
    private readonly TagFilter _tags;

    public SecurityGroupList(Syntax syntax) : base(syntax)
    {
        syntax.Flag("--all-projects", "Accepted for compatibility: administrators see all projects");
        _project = new ProjectOption(syntax, "Keep security groups of this project (name or ID)");
        _tags = new TagFilter(syntax, "security groups");
    }

    public override string Description => "List security groups";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var query = new Query().WithAll("fields", ["id", "name", "description", "project_id", "tags"])
            .With("project_id", await _project.Id(call, cancellation));
        var groups = await call.Cloud.Network.List("/security-groups" + _tags.AddTo(query, call), "security_groups", cancellation);
        return Table.Of(groups,
        [
            Columns.OrNone("ID", "id"), Columns.OrNone("Name", "name"), Columns.OrNone("Description", "description"),
            Columns.OrNone("Project", "project_id"), ("Tags", group => new Cell(group["tags"].Copy() ?? new JsonArray())),
        ]);
    }
}
