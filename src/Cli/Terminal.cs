namespace Cumulet.Cli;

/// <summary>What a command touches outside of the cloud: streams, environment, folders.</summary>
public sealed class Terminal
{
    /// <summary>Data only.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Prose: progress, warnings, errors, traces.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Raw bytes of the input, for image data from a pipe.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>The input when it is a file (<c>&lt; disk.img</c>); null for a keyboard, or for a pipe that may never end.</summary>
    public Func<Stream?> OpenInputFile { get; init; } = () => null;

    /// <summary>Raw bytes of the output, for image data into a pipe.</summary>
    public required Func<Stream> OpenOutput { get; init; }

    /// <summary>One variable of the environment; null when it is not set.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>Where relative paths begin and the first clouds.yaml is looked for.</summary>
    public required string Folder { get; init; }

    /// <summary>Asks a person for a secret; null where no person is there.</summary>
    public required Func<string, string?> AskSecret { get; init; }

    /// <summary>Columns of the screen; 0 when the output is not a screen.</summary>
    public required int Width { get; init; }

    /// <summary>The clock by which waiting is paced.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>A variable that is set and not empty.</summary>
    public string? Variable(string name) => Environment(name) is { Length: > 0 } value ? value : null;

    /// <summary>The terminal that this process was started in.</summary>
    public static Terminal OfThisProcess() => new()
    {
        Out = new StreamWriter(Console.OpenStandardOutput(), new System.Text.UTF8Encoding(false), 8192),
        Error = new StreamWriter(Console.OpenStandardError(), new System.Text.UTF8Encoding(false), 512) { AutoFlush = true },
        OpenInput = Console.OpenStandardInput,
        OpenInputFile = () => File.ResolveLinkTarget("/proc/self/fd/0", false) is { Exists: true } target
            && (target.Attributes & (FileAttributes.Device | FileAttributes.Directory)) == 0 ? File.OpenRead(target.FullName) : null,
        OpenOutput = Console.OpenStandardOutput,
        Environment = System.Environment.GetEnvironmentVariable,
        Folder = Directory.GetCurrentDirectory(),
        AskSecret = AskOnConsole,
        Width = Console.IsOutputRedirected ? 0 : Console.WindowWidth,
    };

    private static string? AskOnConsole(string prompt)
    {
        if (Console.IsInputRedirected) return null;
        Console.Error.Write(prompt);
        var secret = new System.Text.StringBuilder();
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key != ConsoleKey.Backspace) secret.Append(key.KeyChar);
            else if (secret.Length > 0) secret.Length--;
        }

        Console.Error.WriteLine();
        return secret.ToString();
    }
}
