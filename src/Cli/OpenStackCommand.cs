using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Help;

namespace Cumulet.Cli;

/// <summary>
/// The <c>openstack</c> command: words, options, columns and output formats of python-openstackclient 6, against any
/// OpenStack cloud. Data goes to the output, prose to the error stream.
/// </summary>
/// <remarks>
/// Start-up is the point: the words on the command line choose one entry of a table of factories, and only that
/// command is built, so that three hundred others cost nothing.
/// </remarks>
public static class OpenStackCommand
{
    /// <summary>Runs one command line in this process' own terminal.</summary>
    /// <returns>0 when done; 1 when the cloud refused or something was not found; 2 when the line is not understood.</returns>
    public static Task<int> Run(string[] args, CancellationToken cancellation = default) =>
        Run(args, Terminal.OfThisProcess(), cancellation);

    /// <summary>Runs one command line with streams, environment and folder given by the caller.</summary>
    public static async Task<int> Run(string[] args, Terminal terminal, CancellationToken cancellation = default)
    {
        var debug = args.Contains("--debug");
        try
        {
            return await Dispatch(args, terminal, cancellation);
        }
        catch (UsageError error)
        {
            if (error.Usage is not null) terminal.Error.WriteLine(error.Usage);
            terminal.Error.WriteLine(error.Message);
            return 2;
        }
        catch (Exception error) when (error is CommandError or ApiError or ConnectionError or IOException
            or UnauthorizedAccessException or FormatException)
        {
            terminal.Error.WriteLine(debug ? error.ToString() : error.Message);
            return error is CommandError failed ? failed.ExitCode : 1;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return 130;
        }
        finally
        {
            terminal.Out.Flush();
            terminal.Error.Flush();
        }
    }

    private static async Task<int> Dispatch(string[] args, Terminal terminal, CancellationToken cancellation)
    {
        var line = CommandLine.Split(args, CommandTable.Contains);
        if (line.Words.Length == 0)
            return RunWithoutCommand(line, terminal);
        if (line.Words is ["help", ..])
            return HelpPages.Show(line.Words[1..], terminal);
        if (line.Words is ["complete"])
            return Completion.Write(line.Rest, terminal);
        var entry = CommandTable.Find(line.Words)
            ?? throw new UsageError(Suggestion.ForUnknown(line.Words));
        var syntax = new Syntax(entry.Name);
        var command = entry.Create(syntax);
        if (line.WantsHelp)
        {
            HelpPages.WriteCommand(entry.Name, command, syntax, terminal.Out);
            return 0;
        }

        var values = syntax.Parse(line.Rest);
        await using var cloud = new Cloud(syntax.Globals.Settings(values, terminal), terminal);
        var status = await command.Execute(new Call(values, syntax, cloud, terminal), cancellation);
        cloud.WriteTimings();
        return status;
    }

    private static int RunWithoutCommand(CommandLine line, Terminal terminal)
    {
        if (line.WantsVersion)
        {
            terminal.Out.WriteLine($"openstack {Version}");
            return 0;
        }

        if (!line.WantsHelp)
            throw new UsageError(
                "openstack: error: a command is needed: there is no interactive mode here. See 'openstack --help'.");
        return HelpPages.Show([], terminal);
    }

    /// <summary>The version that <c>--version</c> prints.</summary>
    public static string Version => typeof(OpenStackCommand).Assembly.GetName().Version!.ToString(3);
}
