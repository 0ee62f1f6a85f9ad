using System.Diagnostics;
using System.Text;

namespace Cumulet.Cloud.Tests;

/// <summary>What a program answered.</summary>
public sealed record Answer(int ExitCode, string Out, string Error)
{
    /// <summary>Standard output, when the program succeeded; otherwise the test fails with everything it said.</summary>
    public string Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Error}\n{Out}");
        return Out;
    }
}

/// <summary>Runs programs as a person at a shell would.</summary>
public static class Command
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public static async Task<Answer> Run(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment, string? input = null,
        TimeSpan? patience = null, string? folder = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(patience ?? Patience);
        if (input is not null) await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return new Answer(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} took longer than {(patience ?? Patience).TotalSeconds:0} s");
        }
    }

    /// <summary>Splits a command line as a shell does: blanks, single and double quotes.</summary>
    public static List<string> Words(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        char? quote = null;
        var inside = false;
        foreach (var letter in line)
        {
            if (quote is null && letter is '\'' or '"') (quote, inside) = (letter, true);
            else if (letter == quote) quote = null;
            else if (quote is null && char.IsWhiteSpace(letter))
            {
                if (inside) words.Add(word.ToString());
                word.Clear();
                inside = false;
            }
            else
            {
                word.Append(letter);
                inside = true;
            }
        }
        if (inside) words.Add(word.ToString());
        return words;
    }
}
