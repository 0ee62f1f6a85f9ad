using Cumulet.Cli.Output;

namespace Cumulet.Cli.Commands;

/// <summary>A command that only does something.</summary>
abstract class CommandBase(Syntax syntax)
{
    /// <summary>One sentence for the help page.</summary>
    public abstract string Description { get; }

    /// <summary>Runs and returns the exit code.</summary>
    public abstract Task<int> Execute(Call call, CancellationToken cancellation);

    protected Syntax Syntax { get; } = syntax;
}

/// <summary>Does something and prints nothing on success.</summary>
abstract class ActionCommand(Syntax syntax) : CommandBase(syntax)
{
    public override async Task<int> Execute(Call call, CancellationToken cancellation)
    {
        await Act(call, cancellation);
        return 0;
    }

    protected abstract Task Act(Call call, CancellationToken cancellation);
}

/// <summary>Prints one resource as fields and values.</summary>
abstract class ShowCommand : CommandBase
{
    private readonly OutputOptions _output;

    protected ShowCommand(Syntax syntax) : base(syntax) => _output = OutputOptions.ForRecord(syntax);

    public override async Task<int> Execute(Call call, CancellationToken cancellation)
    {
        var format = _output.Read(call);
        var record = await Show(call, cancellation);
        if (record is not null) format.Write(record, call.Terminal.Out);
        return 0;
    }

    /// <summary>Will a person read it, and not a program?</summary>
    protected bool IsTable(Call call) => _output.IsTable(call);

    /// <summary>The record; null when the command has printed all there is by itself.</summary>
    protected abstract Task<Record?> Show(Call call, CancellationToken cancellation);
}

/// <summary>Prints resources as rows.</summary>
abstract class ListCommand : CommandBase
{
    private readonly OutputOptions _output;

    protected ListCommand(Syntax syntax) : base(syntax) => _output = OutputOptions.ForTable(syntax);

    public override async Task<int> Execute(Call call, CancellationToken cancellation)
    {
        var format = _output.Read(call, Header);
        var table = await List(call, cancellation);
        format.Write(table, call.Terminal.Out);
        return 0;
    }

    /// <summary>The column that a word of <c>-c</c> means.</summary>
    protected virtual string Header(string column) => column;

    /// <summary>Columns that <c>-c</c> asks for.</summary>
    protected string[] WantedColumns(Call call) => _output.Columns(call);

    protected abstract Task<Table> List(Call call, CancellationToken cancellation);
}
