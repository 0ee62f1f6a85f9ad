using System.Text.Json;

namespace Cumulet.Cli.Output;

/// <summary>Chooses columns and sorts rows, then hands on to the format.</summary>
sealed class Selection(string[] columns, string[] sortBy, bool descending, IOutputFormat format, TextWriter warnings) : IOutputFormat
{
    public void Write(Table table, TextWriter output)
    {
        var rows = table.Rows;
        foreach (var column in sortBy.Reverse())
        {
            var index = IndexOf(table.Headers, column);
            if (index >= 0) rows = Sort(rows, index, column);
        }

        var chosen = Choose(table.Headers);
        format.Write(new Table([.. chosen.Select(index => table.Headers[index])],
            [.. rows.Select(row => chosen.Select(index => row[index]).ToArray())]), output);
    }

    public void Write(Record record, TextWriter output)
    {
        var chosen = Choose([.. record.Fields.Select(field => field.Name)]);
        format.Write(new Record([.. chosen.Select(index => record.Fields[index])]), output);
    }

    private IReadOnlyList<Cell[]> Sort(IReadOnlyList<Cell[]> rows, int index, string column)
    {
        var kinds = rows.Select(row => Kind(row[index].Value)).Where(kind => kind != 0).Distinct().ToList();
        if (kinds.Count > 1)
        {
            warnings.WriteLine($"Could not sort on field '{column}'; unsortable types");
            return rows;
        }

        var comparer = Comparer<Cell>.Create((left, right) => Compare(left, right));
        return descending
            ? [.. rows.OrderByDescending(row => row[index], comparer)]
            : [.. rows.OrderBy(row => row[index], comparer)];
    }

    private static int Kind(JsonNode? value) => value switch
    {
        null => 0,
        _ => value.GetValueKind() switch { JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => 1, _ => 2 },
    };

    /// <summary>Nothing comes last, numbers go by size, texts by code points.</summary>
    private static int Compare(Cell left, Cell right) => (left.Value, right.Value) switch
    {
        (null, null) => 0,
        (null, _) => 1,
        (_, null) => -1,
        var (a, b) when Kind(a) == 1 && Kind(b) == 1 => Size(a).CompareTo(Size(b)),
        _ => string.CompareOrdinal(left.AsText, right.AsText),
    };

    private static double Size(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        _ => double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture),
    };

    private List<int> Choose(IReadOnlyList<string> names)
    {
        if (columns.Length == 0) return [.. Enumerable.Range(0, names.Count)];
        var chosen = Enumerable.Range(0, names.Count).Where(index => columns.Contains(names[index])).ToList();
        return chosen.Count > 0 ? chosen : throw new CommandError(
            $"No recognized column names in {PythonText.Repr(Connection.JsonReading.Array(columns))}. "
            + $"Recognized columns are {PythonText.Repr(Connection.JsonReading.Array(names)).Replace('[', '(').Replace(']', ')')}.");
    }

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (var index = 0; index < names.Count; index++)
        {
            if (names[index] == name) return index;
        }

        return -1;
    }
}
