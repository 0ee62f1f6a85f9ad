using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Cumulet.Cli.Tests;

/// <summary>
/// Every line of Golden/*.commands is run against the scripted cloud; what it prints and what it asks the cloud to change
/// must be what python-openstackclient printed and asked. The expected texts are recorded from the real client, with
/// RECORD_GOLDEN=1 on a machine that has it; lines that begin with ~ are ours on purpose and are recorded from us.
/// </summary>
public sealed class GoldenTests
{
    private const string Port = "127.0.0.1:00000";

    private static string Folder([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "Golden");

    public static TheoryData<string> Files()
    {
        var files = new TheoryData<string>();
        foreach (var file in Directory.GetFiles(Folder(), "*.commands").Order()) files.Add(Path.GetFileNameWithoutExtension(file));
        return files;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Run_golden_commands_print_and_ask_what_the_python_client_does(string file)
    {
        using var cloud = new ScriptedCloud();
        // What commands that read a file are given; both clients run in this folder.
        await File.WriteAllTextAsync(Path.Combine(Path.GetTempPath(), "filters.json"), "{\"interface\": \"admin\"}\n", TestContext.Current.CancellationToken);
        var golden = Path.Combine(Folder(), file + ".golden");
        var record = Environment.GetEnvironmentVariable("RECORD_GOLDEN") is { Length: > 0 } wish && (wish == "1" || file.StartsWith(wish, StringComparison.Ordinal));
        var known = File.Exists(golden) ? Read(golden) : [];
        var (expected, actual) = (new StringBuilder(), new StringBuilder());
        foreach (var line in File.ReadLines(Path.Combine(Folder(), file + ".commands")))
        {
            var command = line.Trim();
            if (command.Length == 0 || command.StartsWith('#')) continue;
            var ours = await Ours(cloud, command.TrimStart('~'));
            if (record && (command[0] == '~' || !known.ContainsKey(command.TrimStart('~')) || Environment.GetEnvironmentVariable("RECORD_ALL") is not null))
                known[command.TrimStart('~')] = command[0] == '~' ? ours : Theirs(cloud, command);
            actual.Append(ours);
            expected.Append(known.GetValueOrDefault(command.TrimStart('~'), $"$ openstack {command}\n(not recorded)\n"));
        }

        File.Delete(Path.Combine(Path.GetTempPath(), "filters.json"));
        if (record) await File.WriteAllTextAsync(golden, expected.ToString(), TestContext.Current.CancellationToken);
        if (Environment.GetEnvironmentVariable("WRITE_ACTUAL") is { } folder)
            await File.WriteAllTextAsync(Path.Combine(folder, file + ".actual"), actual.ToString(), TestContext.Current.CancellationToken);
        Assert.Equal(expected.ToString(), actual.ToString());
    }

    private static Dictionary<string, string> Read(string golden)
    {
        var entries = new Dictionary<string, string>();
        foreach (var entry in File.ReadAllText(golden).Split("$ openstack ").Skip(1))
            entries[entry[..entry.IndexOf('\n')]] = "$ openstack " + entry;
        return entries;
    }

    private static async Task<string> Ours(ScriptedCloud cloud, string command)
    {
        var ran = await Session.Run(cloud, Session.Words(command));
        return Entry(cloud, command, ran.Status, ran.Out, ran.Error);
    }

    private static string Theirs(ScriptedCloud cloud, string command)
    {
        var start = new ProcessStartInfo("openstack") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        foreach (var word in Session.Words(command)) start.ArgumentList.Add(word);
        foreach (var (name, value) in Session.Environment(cloud)) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return Entry(cloud, command, process.ExitCode, output, error.Result);
    }

    /// <summary>What of the error stream is compared is only that there was one; texts are compared where they matter.</summary>
    private static string Entry(ScriptedCloud cloud, string command, int status, string output, string error)
    {
        var text = new StringBuilder($"$ openstack {command}\n");
        foreach (var change in cloud.TakeChanges()) text.Append("> ").Append(change).Append('\n');
        if (status != 0) text.Append($"exit {status}: {error.Trim().Split('\n')[^1].Replace("Error while executing command: ", "")}\n");
        text.Append(output);
        if (output.Length > 0 && !output.EndsWith('\n')) text.Append("(no newline)\n");
        return text.ToString().Replace(cloud.Address["http://".Length..], Port);
    }
}
