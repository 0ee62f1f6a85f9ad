using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Cumulet.Bench;

/// <summary>A cloud of the built binary for the figures, and a client that speaks to it without any library's delay.</summary>
internal sealed class BenchCloud : IDisposable
{
    private static readonly string Binary = Environment.GetEnvironmentVariable("CUMULET_BINARY")
        ?? throw new InvalidOperationException("CUMULET_BINARY does not name the binary; run ./cumulet bench");

    private readonly string _folder = Directory.CreateTempSubdirectory("cumulet-bench-").FullName;
    private readonly string _hypervisor;

    public BenchCloud(string hypervisor, int port)
    {
        _hypervisor = hypervisor;
        Port = port;
        Directory.CreateDirectory(Home);
    }

    public int Port { get; }
    public string Home => Path.Combine(_folder, "home");
    public string State => Path.Combine(_folder, "state");
    public string Url => $"http://127.0.0.1:{Port}";
    public HttpClient Http { get; } = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { Timeout = TimeSpan.FromMinutes(5) };

    // Ten thousand thin volumes are promised more than any disk has.
    private static readonly string[] Promises = ["--disk-ratio", "10000"];

    public void Up() => Run(Binary, ["up", "--state", State, "--listen", $"127.0.0.1:{Port}", "--hypervisor", _hypervisor, .. Promises]);
    public void Down() => Run(Binary, ["down", "--guests", "--state", State]);

    public int Pid => JsonDocument.Parse(File.ReadAllText(Path.Combine(State, "daemon.json"))).RootElement.GetProperty("Pid").GetInt32();

    /// <summary>Milliseconds from starting the daemon's process to its first answer.</summary>
    public async Task<double> StartToFirstAnswer()
    {
        var watch = Stopwatch.StartNew();
        using var daemon = Process.Start(Prepared(Binary, ["serve", "--state", State, "--listen", $"127.0.0.1:{Port}", "--hypervisor", _hypervisor, .. Promises]))!;
        using var http = new HttpClient();
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync($"{Url}/identity/v3");
                if (answer.IsSuccessStatusCode) break;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(1);
            }
        }
        var took = watch.Elapsed.TotalMilliseconds;
        Run(Binary, ["down", "--state", State]);
        await daemon.WaitForExitAsync();
        return took;
    }

    public async Task Login()
    {
        var credentials = JsonDocument.Parse(File.ReadAllText(Path.Combine(State, "credentials.json"))).RootElement;
        var password = credentials.GetProperty("AdminPassword").GetString();
        using var answer = await Http.PostAsync($"{Url}/identity/v3/auth/tokens", Body($$$"""
            {"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": "admin", "domain": {"id": "default"},
             "password": "{{{password}}}"} } }, "scope": {"project": {"name": "admin", "domain": {"id": "default"} } } } }
            """));
        answer.EnsureSuccessStatusCode();
        Http.DefaultRequestHeaders.Add("X-Auth-Token", answer.Headers.GetValues("X-Subject-Token").Single());
        Http.DefaultRequestHeaders.Add("OpenStack-API-Version", ["compute 2.90", "volume 3.70"]);
        var project = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetProperty("project").GetProperty("id").GetString();
        await Send(HttpMethod.Put, $"/compute/v2.1/os-quota-sets/{project}", """{"quota_set": {"instances": -1, "cores": -1, "ram": -1}}""");
        await Send(HttpMethod.Put, $"/volume/v3/os-quota-sets/{project}", """{"quota_set": {"volumes": -1, "gigabytes": -1, "snapshots": -1}}""");
        await Send(HttpMethod.Put, $"/network/v2.0/quotas/{project}", """{"quota": {"port": -1}}""");
    }

    public static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");

    public async Task<JsonElement> Send(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, Url + path) { Content = json is null ? null : Body(json) };
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{method} {path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    public Task<JsonElement> Get(string path) => Send(HttpMethod.Get, path);

    public async Task<string> NetworkNamed(string name) =>
        (await Get($"/network/v2.0/networks?name={name}")).GetProperty("networks")[0].GetProperty("id").GetString()!;

    /// <summary>Asks until the value is there; the asking is part of no figure finer than a millisecond.</summary>
    public async Task Until(string path, Func<JsonElement, bool> reached)
    {
        while (!reached(await Get(path))) await Task.Delay(1);
    }

    public ProcessStartInfo Prepared(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["HOME"] = Home;
        start.Environment["OS_CLOUD"] = "cumulet";
        return start;
    }

    public string Run(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(Prepared(program, arguments))!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error.Result}{output}");
    }

    public double Timed(string program, IEnumerable<string> arguments)
    {
        var watch = Stopwatch.StartNew();
        Run(program, arguments);
        return watch.Elapsed.TotalMilliseconds;
    }

    public void Dispose()
    {
        if (File.Exists(Path.Combine(State, "daemon.json"))) Down();
        Http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
