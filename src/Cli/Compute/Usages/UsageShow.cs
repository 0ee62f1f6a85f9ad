using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Usages;

sealed class UsageShow(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Option<string?> _project = syntax.Value("--project", "<project>", "Usage of this project (name or ID)");
    private readonly UsageFields _fields = new(syntax);

    public override string Description => "Show resource usage for a single project";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var span = _fields.Span(call);
        var project = await call.Cloud.FindIdOrNull(Resources.Project, call[_project], cancellation)
            ?? (await call.Cloud.Session(cancellation)).ProjectId;
        var answer = await call.Cloud.Compute.Get($"/os-simple-tenant-usage/{project}?{UsageFields.Query(span)}", cancellation);
        call.Terminal.Error.WriteLine($"Usage from {span.Start:yyyy-MM-dd} to {span.End:yyyy-MM-dd} on project {project}: ");
        var usage = answer["tenant_usage"] as JsonObject ?? [];
        return new Record([.. UsageFields.Columns(new Dictionary<string, string>()).Select(column => (column.Item1, column.Item2(usage)))]);
    }
}
