using System.Globalization;

namespace Cumulet.ControlPlane.Operations;

/// <summary>What the daemon holds of the kernel without needing it: files that are gone, children that nobody has buried, threads without end.</summary>
internal static class HandleAudit
{
    /// <summary>More threads than any load has needed: something waits for ever.</summary>
    private const int MaxThreads = 1000;

    /// <param name="pool">The folder of the layers.</param>
    public static IReadOnlyList<string> Run(string pool) =>
    [
        .. Gone(pool).Select(file => $"the daemon keeps {file} open, which is deleted"),
        .. DeadChildren().Select(pid => $"process {pid} has ended and the daemon has not taken note"),
        .. Directory.GetDirectories("/proc/self/task").Length > MaxThreads ? [$"the daemon has more than {MaxThreads} threads"] : (string[])[],
    ];

    private static HashSet<string> Gone(string pool)
    {
        var layers = Path.Combine(pool, "layers") + "/";
        return [.. Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(LinkOf).OfType<string>()
            .Where(target => target.StartsWith(layers, StringComparison.Ordinal) && target.EndsWith(" (deleted)", StringComparison.Ordinal))
            .Select(target => target[layers.Length..^" (deleted)".Length])];
    }

    private static string? LinkOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (IOException)
        {
            return null; // closed while we looked
        }
    }

    private static HashSet<int> DeadChildren() =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0 && IsDeadChild(pid)),
    ];

    // "pid (name) state parent …", where the name may hold anything.
    private static bool IsDeadChild(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            var words = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return words[0] == "Z" && int.Parse(words[1], CultureInfo.InvariantCulture) == Environment.ProcessId;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
