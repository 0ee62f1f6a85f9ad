namespace Cumulet.Cli.Output;

/// <summary>One of <c>-f</c>'s formats.</summary>
interface IOutputFormat
{
    void Write(Table table, TextWriter output);

    void Write(Record record, TextWriter output);
}
