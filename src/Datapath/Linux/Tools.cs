using System.ComponentModel;
using System.Diagnostics;

namespace Cumulet.Datapath.Linux;

/// <summary>Runs `ip`, `nft` and `dnsmasq` in a namespace; scripts go in by standard input, never as arguments.</summary>
static class Tools
{
    static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    static readonly Dictionary<string, string> Packages = new()
    {
        ["ip"] = "iproute2",
        ["nft"] = "nftables",
        ["dnsmasq"] = "dnsmasq-base",
    };

    static readonly string[] Folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];

    /// <summary>Programs that this thread has run: another cloud in this process does not count.</summary>
    public static int Count => _count;

    [ThreadStatic]
    static int _count;

    /// <summary>Root's tools are often not in the PATH of who starts the cloud.</summary>
    public static string Find(string tool)
    {
        foreach (var folder in Folders)
            if (File.Exists(Path.Combine(folder, tool)))
                return Path.Combine(folder, tool);
        throw new DatapathException(DatapathFailure.ToolMissing, $"'{tool}' is not installed: install the package {Packages[tool]}");
    }

    public static void CheckInstalled()
    {
        foreach (var tool in Packages.Keys)
            Find(tool);
        if (Native.geteuid() != 0)
            throw new DatapathException(DatapathFailure.NoRights, "virtual networks need root: run as root, or with --hypervisor fake");
        if (!File.Exists("/dev/net/tun"))
            throw new DatapathException(DatapathFailure.NoRights, "/dev/net/tun is not there: load the kernel module tun");
    }

    /// <summary>Output of a program that must succeed.</summary>
    public static string Run(string? place, string tool, IReadOnlyList<string> arguments, string input = "")
    {
        var path = Find(tool);
        _count++;
        return NamespaceThread.Run(place, () => RunHere(path, tool, arguments, input));
    }

    static string RunHere(string path, string tool, IReadOnlyList<string> arguments, string input)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            try
            {
                process.StandardInput.Write(input);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended before it read everything: its exit code and words say why.
            }
            if (!process.WaitForExit(TimeLimit))
            {
                process.Kill();
                throw new DatapathException(DatapathFailure.Refused,
                    $"{tool} {string.Join(' ', arguments)}: no end after {TimeLimit.TotalSeconds} s");
            }
            if (process.ExitCode == 0)
                return output.GetAwaiter().GetResult();
            throw new DatapathException(DatapathFailure.Refused,
                $"{tool} {string.Join(' ', arguments)}: {Explain(errors.GetAwaiter().GetResult(), input)}");
        }
        catch (Win32Exception e)
        {
            throw new DatapathException(DatapathFailure.ToolMissing, $"'{tool}' cannot be started: {e.Message}", e);
        }
    }

    /// <summary>The tool's words, and the line of the script that `ip -batch` blames.</summary>
    static string Explain(string errors, string input)
    {
        var text = errors.Trim();
        var at = text.LastIndexOf("Command failed -:", StringComparison.Ordinal);
        var lines = input.Split('\n');
        if (at >= 0 && int.TryParse(text[(at + "Command failed -:".Length)..], out var line) && line <= lines.Length)
            text += $" ({lines[line - 1]})";
        return text.Length > 2000 ? text[..2000] : text;
    }
}
