namespace Cumulet.Cli.Output;

/// <summary>Values only: a row to a line, or a field to a line.</summary>
sealed class ValueFormat : IOutputFormat
{
    public void Write(Table table, TextWriter output)
    {
        foreach (var row in table.Rows)
            output.Write(string.Join(' ', row.Select(cell => cell.AsText)) + "\n");
    }

    public void Write(Record record, TextWriter output)
    {
        foreach (var (_, value) in record.Fields) output.Write(value.AsText + "\n");
    }
}
