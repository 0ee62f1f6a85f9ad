using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Output;

/// <summary>The options that say how results are printed, and what they come to.</summary>
sealed class OutputOptions
{
    private readonly Option<string?> _format;
    private readonly Option<string[]> _columns;
    private readonly Option<string?>? _quote;
    private readonly Option<bool> _noIndent;
    private readonly Option<string?> _maxWidth;
    private readonly Option<bool> _fitWidth;
    private readonly Option<bool> _printEmpty;
    private readonly Option<string?>? _prefix;
    private readonly Option<string[]>? _variables;
    private readonly Option<string[]>? _sort;
    private readonly Option<bool>? _descending;

    private OutputOptions(Syntax syntax, bool isTable)
    {
        string[] formats = isTable ? ["csv", "json", "table", "value", "yaml"] : ["json", "shell", "table", "value", "yaml"];
        _format = syntax.Output(syntax.Value("-f,--format", "{" + string.Join(',', formats) + "}", "the output format, defaults to table", formats));
        _columns = syntax.Output(syntax.Values("-c,--column", "COLUMN", "show only this column, can be repeated"));
        _noIndent = syntax.Output(syntax.Flag("--noindent", "print JSON on one line"));
        _maxWidth = syntax.Output(syntax.Value("--max-width", "<integer>", "widest table, <1 for no limit (Env: CLIFF_MAX_TERM_WIDTH)"));
        _fitWidth = syntax.Output(syntax.Flag("--fit-width", "fit the table to the screen (Env: CLIFF_FIT_WIDTH=1)"));
        _printEmpty = syntax.Output(syntax.Flag("--print-empty", "print the table's head when there is nothing in it"));
        if (isTable)
        {
            _quote = syntax.Output(syntax.Value("--quote", "{all,minimal,none,nonnumeric}",
                "when to quote in CSV, defaults to nonnumeric", "all", "minimal", "none", "nonnumeric"));
            _sort = syntax.Output(syntax.Values("--sort-column", "SORT_COLUMN", "sort by this column, can be repeated"));
            syntax.Output(syntax.FlagIn("sort", "--sort-ascending", "sort upwards"));
            _descending = syntax.Output(syntax.FlagIn("sort", "--sort-descending", "sort downwards"));
        }
        else
        {
            _prefix = syntax.Output(syntax.Value("--prefix", "PREFIX", "put this before the names of shell variables"));
            _variables = syntax.Output(syntax.Values("--variable", "VARIABLE", "only these shell variables"));
        }
    }

    public static OutputOptions ForTable(Syntax syntax) => new(syntax, isTable: true);

    public static OutputOptions ForRecord(Syntax syntax) => new(syntax, isTable: false);

    public string[] Columns(Call call) => call[_columns];

    /// <summary>Will a person read it, and not a program?</summary>
    public bool IsTable(Call call) => call[_format] is null or "table";

    /// <summary>The format that this line asks for, with the choice of columns and the order in front of it.</summary>
    /// <param name="header">The column that a word of <c>-c</c> means, where that is not the word itself.</param>
    public IOutputFormat Read(Call call, Func<string, string>? header = null) => new Selection(
        header is null ? call[_columns] : [.. call[_columns].Select(header)], _sort is null ? [] : call[_sort],
        _descending is not null && call[_descending], Choose(call), call.Terminal.Error);

    private IOutputFormat Choose(Call call)
    {
        var width = call.Number(_maxWidth)
            ?? (int.TryParse(call.Terminal.Variable("CLIFF_MAX_TERM_WIDTH"), out var wanted) ? wanted : 0);
        var fit = call[_fitWidth] || call.Terminal.Variable("CLIFF_FIT_WIDTH") is { } set && set != "0";
        return call[_format] switch
        {
            "json" => new JsonFormat(!call[_noIndent]),
            "yaml" => new YamlFormat(),
            "value" => new ValueFormat(),
            "csv" => new CsvFormat(_quote is null ? null : call[_quote]),
            "shell" => new ShellFormat(_prefix is null ? "" : call[_prefix] ?? "", _variables is null ? [] : call[_variables]),
            _ => new TableFormat(width > 0 ? width : fit ? call.Terminal.Width : 0, call[_printEmpty], call.Terminal.Width),
        };
    }
}
