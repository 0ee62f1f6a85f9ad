using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Migrations;

sealed class MigrationShow(Syntax syntax) : ShowCommand(syntax)
{
    private static readonly string[] Fields =
    [
        "ID", "Server UUID", "Status", "Source Compute", "Source Node", "Dest Compute", "Dest Host", "Dest Node", "Memory Total Bytes",
        "Memory Processed Bytes", "Memory Remaining Bytes", "Disk Total Bytes", "Disk Processed Bytes", "Disk Remaining Bytes",
        "Created At", "Updated At",
    ];

    private readonly MigrationArgument _migration = new(syntax);

    public override string Description => "Show an in-progress live migration for a given server";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        _migration.Check(call, "2.24", "server migration show");
        var (path, found) = await _migration.Find(call, cancellation);
        var migration = found ?? (await compute.Get(path, cancellation))["migration"]!.AsObject();
        List<string> fields = [.. Fields];
        if (compute.AtLeast("2.59")) fields.Add("UUID");
        if (compute.AtLeast("2.80")) fields.AddRange(["User ID", "Project ID"]);
        return new Record([.. fields.Select(name => (name, new Cell(migration[name.ToLowerInvariant().Replace(' ', '_')].Copy())))]);
    }
}
