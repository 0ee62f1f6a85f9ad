using System.Globalization;
using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Usages;

/// <summary>What was used in a span of days.</summary>
sealed class UsageFields(Syntax syntax)
{
    private readonly Option<string?> _start = syntax.Value("--start", "<start>", "First day, such as 2012-01-20 (default: 4 weeks ago)");
    private readonly Option<string?> _end = syntax.Value("--end", "<end>", "Last day, such as 2012-01-20 (default: tomorrow)");

    public (DateTime Start, DateTime End) Span(Call call)
    {
        var now = call.Terminal.Clock.GetUtcNow().UtcDateTime;
        return (Day(call[_start]) ?? now.AddDays(-28), Day(call[_end]) ?? now.AddDays(1));
    }

    public static string Query((DateTime Start, DateTime End) span) =>
        $"start={span.Start:yyyy-MM-ddTHH:mm:ss.ffffff}&end={span.End:yyyy-MM-ddTHH:mm:ss.ffffff}";

    public static (string, Func<JsonObject, Cell>)[] Columns(IReadOnlyDictionary<string, string> names) =>
    [
        ("Project", usage => new Cell(usage["tenant_id"].Copy(), names.GetValueOrDefault(usage.Text("tenant_id") ?? "", usage.Text("tenant_id") ?? ""))),
        ("Servers", usage => new Cell(usage["server_usages"].Copy(), usage.Items("server_usages").Count().ToString(CultureInfo.InvariantCulture))),
        ("RAM MB-Hours", usage => Hours(usage["total_memory_mb_usage"])), ("CPU Hours", usage => Hours(usage["total_vcpus_usage"])),
        ("Disk GB-Hours", usage => Hours(usage["total_local_gb_usage"])),
    ];

    private static Cell Hours(JsonNode? value) => value is JsonValue number && number.TryGetValue<double>(out var hours)
        ? new Cell(value.Copy(), hours.ToString("0.00", CultureInfo.InvariantCulture)) : new Cell(value.Copy());

    private static DateTime? Day(string? text) => text is null ? null
        : DateTime.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var day) ? day
        : throw new CommandError($"time data '{text}' does not match format '%Y-%m-%d'");
}
