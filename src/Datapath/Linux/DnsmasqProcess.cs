using System.Globalization;
using System.Text;
using Cumulet.Datapath.Desired;

namespace Cumulet.Datapath.Linux;

/// <summary>
/// dnsmasq goes into the background by itself and outlives the daemon, so that guests renew leases while it is down.
/// It is found again by its pid file, believed only when that process was started with our configuration.
/// </summary>
static class DnsmasqProcess
{
    const int StopMilliseconds = 2000;

    public static void Start(string place, DnsmasqFiles files)
    {
        Stop(files.Folder);
        Write(files);
        Tools.Run(place, "dnsmasq", [$"--conf-file={Configuration(files.Folder)}"]);
    }

    public static void Reload(string place, DnsmasqFiles files)
    {
        Write(files);
        if (Find(files.Folder) is not { } process || Native.kill(process, Native.SigHup) != 0)
            Start(place, files);
    }

    public static void Stop(string folder)
    {
        if (Find(folder) is not { } process)
            return;
        using var handle = Native.OpenProcess(process);
        if (handle.IsInvalid || Native.kill(process, Native.SigTerm) != 0)
            return;
        if (!WaitForEnd(handle, StopMilliseconds))
        {
            Native.kill(process, Native.SigKill);
            WaitForEnd(handle, StopMilliseconds);
        }
    }

    public static void Remove(string folder)
    {
        Stop(folder);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>Its process, or null when none runs.</summary>
    public static int? Find(string folder)
    {
        try
        {
            var process = int.Parse(File.ReadAllText(Path.Combine(folder, "pid")).Trim(), CultureInfo.InvariantCulture);
            var arguments = Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{process}/cmdline"));
            return arguments.Split('\0').Contains($"--conf-file={Configuration(folder)}") ? process : null;
        }
        catch (Exception e) when (e is IOException or FormatException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What runs as its files tell; null when it does not run.</summary>
    public static DnsmasqFiles? ReadBack(string folder)
    {
        if (Find(folder) is null)
            return null;
        string Text(string name) => File.Exists(Path.Combine(folder, name)) ? File.ReadAllText(Path.Combine(folder, name)) : "";
        return new DnsmasqFiles(folder, Text("dnsmasq.conf"), Text("hosts"), Text("options"), Text("names"));
    }

    static void Write(DnsmasqFiles files)
    {
        // Whatever umask the daemon runs with: dnsmasq reads these as nobody.
        Directory.CreateDirectory(files.Folder);
        Native.chmod(Path.GetDirectoryName(files.Folder)!, 0b111_101_101);
        Native.chmod(files.Folder, 0b111_101_101);
        void Put(string name, string text)
        {
            var path = Path.Combine(files.Folder, name);
            File.WriteAllText(path + ".new", text);
            Native.chmod(path + ".new", 0b110_100_100);
            File.Move(path + ".new", path, overwrite: true);
        }
        Put("dnsmasq.conf", files.Configuration);
        Put("hosts", files.Hosts);
        Put("options", files.Options);
        Put("names", files.Names);
    }

    static string Configuration(string folder) => Path.Combine(folder, "dnsmasq.conf");

    static unsafe bool WaitForEnd(Microsoft.Win32.SafeHandles.SafeFileHandle process, int milliseconds)
    {
        var entry = new Native.PollEntry { Descriptor = (int)process.DangerousGetHandle(), Events = Native.PollIn };
        return Native.poll(&entry, 1, milliseconds) > 0;
    }
}
