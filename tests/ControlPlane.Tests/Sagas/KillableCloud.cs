using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Reflection;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>The cloud said no.</summary>
internal sealed class RefusedException(int status, string message) : InvalidOperationException(message)
{
    public int Status => status;
}

/// <summary>
/// A cloud of the built binary that a test kills and starts again on the same state. Its private door takes the test's orders
/// (<see cref="Sagas.FaultOrders"/>).
/// </summary>
internal sealed class KillableCloud(string state, string? postgres) : IAsyncDisposable
{
    /// <summary>A library that is loaded before all others, and what it reads from its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Free space in GiB that the pool keeps from new work.</summary>
    public double DiskReserve { get; init; } = 1;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);
    /// <summary>How long anything may take to come to a final state, in seconds.</summary>
    private const int Settling = 30;

    // What `./cumulet test` has built; by hand, what was built with the tests.
    private static readonly string _binary = System.Environment.GetEnvironmentVariable("CUMULET_BINARY")
        ?? typeof(KillableCloud).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(m => m.Key == "CumuletBinary").Value!;

    private readonly List<string> _log = [];
    private Process _process = null!;
    private HttpClient _http = null!;
    private HttpClient? _door;
    private string _project = "";
    private string? _token;

    public string Log
    {
        get { lock (_log) return string.Join('\n', _log.Where(l => !l.Contains("Store.Store", StringComparison.Ordinal)).Where(l => l.Contains(" fail: ", StringComparison.Ordinal) || l.Contains(" crit: ", StringComparison.Ordinal)).TakeLast(3)); }
    }

    public async Task Start()
    {
        var start = new ProcessStartInfo(_binary, Words())
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["CUMULET_FAULT"] = "orders", ["DOTNET_TieredPGO"] = "0" },
        };
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        using var ready = new ReadySocket();
        start.Environment["NOTIFY_SOCKET"] = ready.Path;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var url = await ready.Url(_process, Limit) ?? throw new InvalidOperationException($"the cloud did not start:\n{LastWords()}");
        _http?.Dispose();
        _http = new HttpClient { BaseAddress = new Uri(url), Timeout = Limit };
        // One from before a kill is as good as ever.
        _token ??= await LogIn();
        _http.DefaultRequestHeaders.Add("X-Auth-Token", _token);
        _http.DefaultRequestHeaders.Add("OpenStack-API-Version", ["volume 3.70, compute 2.90"]);
    }

    private List<string> Words()
    {
        var target = Directory.CreateDirectory(state + "-backups").FullName;
        List<string> words =
        [
            "serve", "--state", state, "--listen", "127.0.0.1:0", "--hypervisor", "fake", "--hosts", "3", "--guest-image", "",
            // What the tests promise is more than a small disk has.
            "--disk-ratio", "100000", "--disk-reserve", DiskReserve.ToString(CultureInfo.InvariantCulture), "--backup-target", target,
        ];
        if (postgres is null) return words;
        File.WriteAllText(state + "-postgres", postgres);
        File.SetUnixFileMode(state + "-postgres", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return [.. words, "--postgres", state + "-postgres"];
    }

    private void Take(string? line)
    {
        if (line is null) return;
        lock (_log) _log.Add(line);
    }

    private string LastWords()
    {
        lock (_log) return string.Join('\n', _log.TakeLast(5));
    }

    // ── what a test orders ──

    /// <summary>One more fault, saga/step/moment/action.</summary>
    public async Task Arm(string fault) => await Order("POST", $"/faults?arm={Uri.EscapeDataString(fault)}");

    /// <summary>Whether one saga more came to its point and is held there.</summary>
    public async Task<bool> Held() => (await Order("POST", "/faults/held")).Status == 200;

    /// <summary>The process of a guest ends.</summary>
    public Task EndGuest(string id) => Order("POST", $"/faults/guest-ends?id={id}");

    /// <summary>Waits until no saga runs.</summary>
    public async Task Quiet()
    {
        if (await Order("GET", "/quiet") is { Status: not 200 } still) throw new TimeoutException($"sagas still run: {still.Text}");
    }

    /// <summary>What the audit finds when nothing runs any more; files are removed behind the sagas, so it is asked again for a while.</summary>
    public async Task<string> Settle()
    {
        await Order("DELETE", "/faults");
        if (await Order("GET", $"/quiet?seconds={Settling}") is { Status: not 200 } still) return $"sagas still run after {Settling} s: {still.Text}";
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var (status, text) = await Order("GET", "/audit");
            if (status == 200) return "";
            if (TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(20)) return text;
            await Task.Delay(50);
        }
    }

    private async Task<(int Status, string Text)> Order(string method, string path)
    {
        _door ??= new HttpClient(new SocketsHttpHandler { ConnectCallback = Knock }) { BaseAddress = new Uri("http://door"), Timeout = Limit };
        using var answer = await _door.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        var text = await answer.Content.ReadAsStringAsync();
        return (int)answer.StatusCode is 400 or 404 ? throw new InvalidOperationException($"{method} {path}: {text}") : ((int)answer.StatusCode, text);
    }

    private async ValueTask<Stream> Knock(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(state, "control.sock")), cancel);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>How many layers a volume's disk has, as the rows say.</summary>
    public async Task<long> ChainOf(string volume)
    {
        await using DbConnection connection = postgres is null
            ? new SqliteConnection($"Data Source={Path.Combine(state, "cumulet.db")};Mode=ReadOnly;Pooling=False")
            : new NpgsqlConnection(postgres + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = """
            WITH RECURSIVE chain (id) AS (
                SELECT layer_id FROM volumes WHERE id = @volume
                UNION ALL SELECT l.parent_id FROM layers l JOIN chain c ON l.id = c.id WHERE l.parent_id IS NOT NULL)
            SELECT COUNT(*) FROM chain
            """;
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@volume", volume);
        command.Parameters.Add(parameter);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    /// <summary>Held while a host is lost: with one more there would be no other for the servers of both.</summary>
    public SemaphoreSlim OneHostDown { get; } = new(1);

    private int _names;

    /// <summary>A name that nothing in this cloud has had.</summary>
    public string NewName(string scenario) => $"{scenario.Replace(' ', '-')}-{Interlocked.Increment(ref _names)}";

    public void Kill() => _process.Kill();

    /// <summary>Waits for its end.</summary>
    public async Task Died()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(limit.Token);
        _process.Dispose();
    }

    private async Task<string> LogIn()
    {
        using var credentials = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(state, "credentials.json")));
        var password = credentials.RootElement.GetProperty("AdminPassword").GetString();
        var body = $$$"""
            {"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"admin","domain":{"id":"default"},"password":"{{{password}}}"} } },
             "scope":{"project":{"name":"admin","domain":{"id":"default"} } } } }
            """;
        using var answer = await _http.PostAsync("/identity/v3/auth/tokens", TestCloud.Body(body));
        answer.EnsureSuccessStatusCode();
        _project = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetProperty("project").GetProperty("id").GetString()!;
        return answer.Headers.GetValues("X-Subject-Token").Single();
    }

    /// <summary>Sends, and returns the JSON of the answer; <c>{project}</c> in the path is the project's id.</summary>
    public async Task<JsonElement> Send(string method, string path, string? body = null, params int[] alsoFine)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path.Replace("{project}", _project, StringComparison.Ordinal));
        if (body is not null) request.Content = TestCloud.Body(body.Replace("{project}", _project, StringComparison.Ordinal));
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode && !alsoFine.Contains((int)answer.StatusCode))
            throw new RefusedException((int)answer.StatusCode, $"{method} {path}: {(int)answer.StatusCode} {text}");
        return text.StartsWith('{') ? JsonDocument.Parse(text).RootElement.Clone() : default;
    }

    /// <summary>Lets the project of the tests have as much as it wants.</summary>
    public async Task LiftQuotas()
    {
        foreach (var (path, set) in new[]
        {
            ("/volume/v3/os-quota-sets/{project}", """{"quota_set":{"volumes":-1,"snapshots":-1,"gigabytes":-1,"backups":-1,"backup_gigabytes":-1} }"""),
            ("/compute/v2.1/os-quota-sets/{project}", """{"quota_set":{"instances":-1,"cores":-1,"ram":-1} }"""),
            ("/network/v2.0/quotas/{project}", """{"quota":{"port":-1} }"""),
        }) await Send("PUT", path.Replace("/v3/os", "/v3/{project}/os", StringComparison.Ordinal), set);
    }

    public async Task Upload(string path, byte[] bytes)
    {
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new("application/octet-stream");
        await Upload(path, content);
    }

    public async Task Upload(string path, HttpContent content)
    {
        using var answer = await _http.PutAsync(path, content);
        if (!answer.IsSuccessStatusCode)
            throw new RefusedException((int)answer.StatusCode, $"PUT {path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        _door?.Dispose();
        try
        {
            // None where it did not even start.
            if (_process is not { HasExited: false } running) return;
            running.Kill();
            await running.WaitForExitAsync();
        }
        catch (InvalidOperationException)
        {
            // It died before, as it was told to.
        }
    }
}
