using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json;

namespace Cumulet.Cloud.Tests;

/// <summary>
/// A cloud of the built binary with real guests: started, used and stopped by the commands a person types, in a state folder
/// and a home of its own. The tests run as root in a network namespace of their own (`./cumulet test` makes it), so
/// that nothing of the machine is touched.
/// </summary>
public class RealCloud : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cumulet-e2e-").FullName;

    public static string Binary => Environment.GetEnvironmentVariable("CUMULET_BINARY")
        ?? throw new InvalidOperationException("CUMULET_BINARY does not name the binary; run ./cumulet test");

    public string State => Path.Combine(_folder, "state");
    public string Home => Path.Combine(_folder, "home");
    public string Work => Path.Combine(_folder, "work");
    public int Port { get; } = FreePort();
    protected virtual string Hypervisor => "qemu";
    /// <summary>What this cloud is started with besides.</summary>
    protected virtual string[] MoreOptions => [];

    public virtual async ValueTask InitializeAsync()
    {
        RequireOwnNetwork();
        Directory.CreateDirectory(Home);
        Directory.CreateDirectory(Work);
        (await Up()).Succeeded();
        (await Command.Run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", KeyFile], Environments)).Succeeded();
        (await Openstack($"keypair create --public-key {KeyFile}.pub e2e-key")).Succeeded();
    }

    public string KeyFile => Path.Combine(Home, "id_e2e");

    public IReadOnlyDictionary<string, string?> Environments => new Dictionary<string, string?>
    {
        ["HOME"] = Home,
        ["OS_CLOUD"] = "cumulet",
        ["SUDO_USER"] = null,
        ["CUMULET_GUEST_IMAGE"] = Environment.GetEnvironmentVariable("CUMULET_GUEST_IMAGE"),
    };

    public Task<Answer> Up(params string[] more) => Cumulet(
        ["up", "--state", State, "--listen", $"127.0.0.1:{Port}", "--hypervisor", Hypervisor, .. MoreOptions, .. more]);

    public Task<Answer> Cumulet(params string[] arguments) => Command.Run(Binary, arguments, Environments, folder: Work);

    /// <summary>Our client, given a line as typed after `openstack`.</summary>
    public Task<Answer> Openstack(string line) => Openstack(Command.Words(line));

    public Task<Answer> Openstack(IReadOnlyList<string> words) =>
        Command.Run(Path.Combine(Path.GetDirectoryName(Binary)!, "openstack"), words, Environments, folder: Work);

    /// <summary>The stock python client.</summary>
    public Task<Answer> Stock(string line) => Command.Run("/usr/bin/openstack", Command.Words(line), Environments, folder: Work);

    public async Task<JsonElement> Json(string line) =>
        JsonDocument.Parse((await Openstack(line + " -f json")).Succeeded()).RootElement;

    public async Task<string> Value(string line, string column) =>
        (await Openstack($"{line} -f value -c {column}")).Succeeded().Trim();

    /// <summary>The image that the first start registers; `up` came back with it active.</summary>
    public async Task<string> ImageId()
    {
        var image = (await Json("image list")).EnumerateArray().Single(x => x.GetProperty("Name").GetString() == "cumulet-linux");
        Assert.Equal("active", image.GetProperty("Status").GetString());
        return image.GetProperty("ID").GetString()!;
    }

    /// <summary>Asks four times a second, 240 times at the most: neither a guest nor a client tells when it is so.</summary>
    public static async Task Until(Func<Task<bool>> condition, string what)
    {
        for (var i = 0; i < 240; i++)
        {
            if (await condition()) return;
            await Task.Delay(250, TestContext.Current.CancellationToken);
        }
        Assert.Fail($"in vain: {what}");
    }

    /// <summary>Whatever a test leaves behind is a defect: rows, processes, files and networks must agree.</summary>
    public async Task RequireCleanAudit()
    {
        var audit = await Cumulet("audit", "--state", State);
        Assert.True(audit.ExitCode == 0, audit.Out + audit.Error);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Directory.Exists(State)) await Cumulet("down", "--guests", "--state", State);
        if (TestContext.Current.TestState?.Result != TestResult.Failed) Directory.Delete(_folder, recursive: true);
    }

    private static void RequireOwnNetwork()
    {
        // Every other device would be the machine's own.
        if (NetworkInterface.GetAllNetworkInterfaces().Any(i => i.NetworkInterfaceType != NetworkInterfaceType.Loopback && !i.Name.StartsWith("x", StringComparison.Ordinal)))
            throw new InvalidOperationException("these tests run in a network namespace of their own; use ./cumulet test");
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
