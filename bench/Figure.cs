using System.Globalization;

namespace Cumulet.Bench;

/// <summary>One line of the table.</summary>
/// <param name="Floor">What bounds it from below, measured in the same run; null where there is none.</param>
/// <param name="Limit">What the figure must not exceed, as a figure of the same unit; for rates what it must reach.</param>
internal sealed record Figure(string What, double Value, string Unit, (string Name, double Value)? Floor, double? Limit, string Target, bool HigherIsBetter = false)
{
    public bool? Met => Limit is { } limit ? HigherIsBetter ? Value >= limit : Value <= limit : null;

    public static void Print(IReadOnlyList<Figure> figures)
    {
        var rows = figures.Select(f => new[]
        {
            f.What, Number(f.Value, f.Unit),
            f.Floor is { } floor ? $"{floor.Name} {Number(floor.Value, f.Unit)}" : "",
            f.Floor is { Value: > 0 } ratio ? (f.Value / ratio.Value).ToString("0.00", CultureInfo.InvariantCulture) + " ×" : "",
            f.Target, f.Met is { } met ? met ? "yes" : "NO" : "",
        }).Prepend(["what", "measured", "floor or peer, same run", "ratio", "target", "met"]).ToList();
        var widths = Enumerable.Range(0, 6).Select(i => rows.Max(r => r[i].Length)).ToList();
        foreach (var row in rows)
            Console.WriteLine("| " + string.Join(" | ", row.Select((cell, i) => cell.PadRight(widths[i]))) + " |");
    }

    private static string Number(double value, string unit) =>
        (value >= 100 ? value.ToString("0", CultureInfo.InvariantCulture) : value.ToString("0.0", CultureInfo.InvariantCulture)) + " " + unit;
}

/// <summary>Order statistics of a series.</summary>
internal static class Series
{
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
