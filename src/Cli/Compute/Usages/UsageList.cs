using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Usages;

sealed class UsageList(Syntax syntax) : ListCommand(syntax)
{
    private readonly UsageFields _fields = new(syntax);

    public override string Description => "List resource usage per project";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        var span = _fields.Span(call);
        var usages = await call.Cloud.Compute.List($"/os-simple-tenant-usage?{UsageFields.Query(span)}&detailed=1", "tenant_usages", cancellation);
        var names = new Dictionary<string, string>();
        try
        {
            foreach (var project in await call.Cloud.Identity.List("/projects", "projects", cancellation)) names[project.Id()] = project.Text("name") ?? "";
        }
        catch (ApiError)
        {
            // Names are an ornament.
        }

        if (usages.Count > 0) call.Terminal.Error.WriteLine($"Usage from {span.Start:yyyy-MM-dd} to {span.End:yyyy-MM-dd}: ");
        return Table.Of(usages, UsageFields.Columns(names));
    }
}
