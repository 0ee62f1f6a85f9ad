namespace Cumulet.Cli.Output;

/// <summary><c>name="value"</c> lines for <c>eval</c>.</summary>
sealed class ShellFormat(string prefix, string[] variables) : IOutputFormat
{
    public void Write(Table table, TextWriter output) =>
        throw new CommandError("the shell format is for one thing, not for a list");

    public void Write(Record record, TextWriter output)
    {
        foreach (var (name, value) in record.Fields)
        {
            var variable = name.ToLowerInvariant().Replace(' ', '_');
            if (variables.Length > 0 && !variables.Contains(variable)) continue;
            output.Write($"{prefix}{variable.Replace(':', '_').Replace('-', '_')}=\"{value.AsText.Replace("\"", "\\\"")}\"\n");
        }
    }
}
