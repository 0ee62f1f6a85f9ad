using System.CommandLine;
using System.Net;
using Cumulet.ControlPlane;
using Cumulet.ControlPlane.BlockStorage.Backups.Target;
using Cumulet.ControlPlane.Identity.Users;

namespace Cumulet.Commands;

/// <summary>The options by which a cloud is started, alike for <c>up</c> and <c>serve</c>.</summary>
internal sealed class CloudSettings
{
    public readonly Option<string> State = new("--state")
    {
        Description = "Folder that holds the whole cloud.",
        HelpName = "DIR",
        DefaultValueFactory = _ => StateFolder.Default,
    };

    public readonly Option<string> Listen = new("--listen")
    {
        Description = "Address and port of the API. Anything but loopback gets TLS.",
        HelpName = "ADDR:PORT",
        DefaultValueFactory = _ => "127.0.0.1:8774",
    };

    private readonly Option<string> _hypervisor = new("--hypervisor")
    {
        Description = "qemu boots real guests; fake runs none, for tests of clients and of scale.",
        HelpName = "qemu|fake",
        DefaultValueFactory = _ => "qemu",
    };

    public readonly Option<int> Hosts = new("--hosts")
    {
        Description = "Compute hosts that the fake hypervisor shows.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    public readonly Option<string?> Postgres = new("--postgres")
    {
        Description = "File with a PostgreSQL connection string; without it the state is SQLite in the state folder.",
        HelpName = "FILE",
    };

    public readonly Option<string?> Certificate = new("--tls-cert") { Description = "Certificate chain, PEM.", HelpName = "FILE" };
    public readonly Option<string?> CertificateKey = new("--tls-key") { Description = "Its private key, PEM.", HelpName = "FILE" };

    public readonly Option<string?> GuestImage = new("--guest-image")
    {
        Description = "qcow2 image that the first start registers as cumulet-linux.",
        HelpName = "FILE",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("CUMULET_GUEST_IMAGE") ?? BuiltImage(),
    };

    public readonly Option<string[]> PasswordRule = new("--password-rule")
    {
        Description = "A rule for passwords and log-ins, as in [security_compliance] of keystone.conf: lockout_failure_attempts=5. Several times.",
        HelpName = "NAME=VALUE",
        DefaultValueFactory = _ => [],
    };

    public readonly Option<double> DiskReserve = new("--disk-reserve")
    {
        Description = "GiB of the pool's file system that new volumes, servers and images leave free.",
        HelpName = "GIB",
        DefaultValueFactory = _ => 1,
    };

    public readonly Option<double> DiskRatio = new("--disk-ratio")
    {
        Description = "How many times the pool's size may be promised to disks, which take only what is written.",
        HelpName = "N",
        DefaultValueFactory = _ => 20,
    };

    // Where `./cumulet build` puts it, seen from the binary.
    private static string? BuiltImage() =>
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../guest/cumulet-linux.qcow2")) is var built && File.Exists(built) ? built : null;

    public HypervisorKind Hypervisor(ParseResult parsed) => parsed.GetValue(_hypervisor) == "fake" ? HypervisorKind.Fake : HypervisorKind.Qemu;

    public readonly Option<string?> BackupTarget = new("--backup-target")
    {
        Description = "Where backups of volumes go: a directory on other storage, or a file with the settings of a bucket in an"
            + " S3-compatible store (endpoint, bucket, region, access_key, secret_key). Without it they are layers of the pool.",
        HelpName = "DIR|FILE",
    };

    public void AddTo(Command command)
    {
        _hypervisor.AcceptOnlyFromAmong("qemu", "fake");
        DiskReserve.Validators.Add(NotBelow(DiskReserve, 0));
        DiskRatio.Validators.Add(NotBelow(DiskRatio, 1));
        foreach (Option option in new Option[]
            { State, Listen, _hypervisor, Hosts, Postgres, Certificate, CertificateKey, GuestImage, PasswordRule, DiskReserve, DiskRatio, BackupTarget })
            command.Options.Add(option);
    }

    private static Action<System.CommandLine.Parsing.OptionResult> NotBelow(Option<double> option, double least) => result =>
    {
        if (result.GetValue(option) is var value && !(value >= least)) result.AddError($"{option.Name} is {value}; it must be at least {least}");
    };

    public StateFolder Folder(ParseResult parsed) => new(parsed.GetValue(State)!);

    public IPEndPoint Endpoint(ParseResult parsed)
    {
        var text = parsed.GetValue(Listen)!;
        if (IPEndPoint.TryParse(text.Replace("localhost", "127.0.0.1", StringComparison.Ordinal), out var endpoint) && text.Contains(':'))
            return endpoint;
        throw new CommandFailedException($"--listen '{text}' is not ADDR:PORT; try 127.0.0.1:8774");
    }

    /// <summary>The same options as words, for the background process.</summary>
    public List<string> Words(ParseResult parsed)
    {
        if (parsed.GetValue(GuestImage) is { Length: > 0 } image && !File.Exists(image))
            throw new CommandFailedException($"--guest-image '{image}': no such file");
        _ = TargetOf(parsed);
        var words = new List<string>
        {
            "--state", Folder(parsed).Path, "--listen", parsed.GetValue(Listen)!,
            _hypervisor.Name, parsed.GetValue(_hypervisor)!,
            "--hosts", parsed.GetValue(Hosts).ToString(System.Globalization.CultureInfo.InvariantCulture),
            DiskReserve.Name, parsed.GetValue(DiskReserve).ToString(System.Globalization.CultureInfo.InvariantCulture),
            DiskRatio.Name, parsed.GetValue(DiskRatio).ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        void Add(Option<string?> option)
        {
            if (parsed.GetValue(option) is { Length: > 0 } file) words.AddRange([option.Name, Path.GetFullPath(file)]);
        }
        Add(Postgres);
        Add(BackupTarget);
        Add(Certificate);
        Add(CertificateKey);
        // Also when it is none: the daemon would ask the environment again.
        words.AddRange([GuestImage.Name, parsed.GetValue(GuestImage) is { Length: > 0 } named ? Path.GetFullPath(named) : ""]);
        foreach (var rule in parsed.GetValue(PasswordRule)!) words.AddRange([PasswordRule.Name, rule]);
        return words;
    }

    public BackupDestination? TargetOf(ParseResult parsed)
    {
        try
        {
            return parsed.GetValue(BackupTarget) is { Length: > 0 } path ? BackupDestination.Read(path) : null;
        }
        catch (Exception wrong) when (wrong is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{BackupTarget.Name}: {wrong.Message}");
        }
    }

    public PasswordRules PasswordRules(ParseResult parsed)
    {
        var rules = new PasswordRules();
        foreach (var given in parsed.GetValue(PasswordRule)!)
        {
            try
            {
                var equals = given.IndexOf('=', StringComparison.Ordinal);
                rules = equals > 0 ? rules.With(given[..equals], given[(equals + 1)..]) : throw new FormatException($"'{given}' is not NAME=VALUE");
            }
            catch (FormatException wrong)
            {
                throw new CommandFailedException($"{PasswordRule.Name}: {wrong.Message}");
            }
        }
        return rules;
    }
}

/// <summary>A command that cannot do what it was asked: one line that says what to do, exit code 1.</summary>
internal sealed class CommandFailedException(string message) : Exception(message);
