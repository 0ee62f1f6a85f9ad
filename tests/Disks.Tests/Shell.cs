using System.Diagnostics;

namespace Cumulet.Disks.Tests;

/// <summary>Runs a program to its end, as a test's second opinion.</summary>
internal static class Shell
{
    public static string Run(string program, params string[] arguments)
    {
        var (code, output) = Try(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with {code}: {output}");
        return output;
    }

    public static (int Code, string Output) Try(string program, params string[] arguments)
    {
        var info = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(info)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
