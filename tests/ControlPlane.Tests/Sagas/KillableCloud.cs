using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Channels;

namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>The cloud said no.</summary>
internal sealed class RefusedException(int status, string message) : InvalidOperationException(message)
{
    public int Status => status;
}

/// <summary>A cloud in a process of its own that a test kills and starts again on the same state.</summary>
internal sealed class KillableCloud(string state, string? postgres) : IAsyncDisposable
{
    /// <summary>A library that is loaded before all others, and what it reads from its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Free space in bytes that the pool keeps from new work.</summary>
    public long DiskReserve { get; init; } = 1L << 30;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);

    private readonly List<string> _log = [];
    private Channel<string> _answers = Channel.CreateUnbounded<string>();
    private Process _process = null!;
    private HttpClient _http = null!;
    private string _project = "";

    public string Log
    {
        get { lock (_log) return string.Join('\n', _log.Where(l => !l.Contains("Store.Store", StringComparison.Ordinal)).Where(l => l.Contains(" fail: ", StringComparison.Ordinal) || l.Contains(" crit: ", StringComparison.Ordinal)).TakeLast(3)); }
    }

    public async Task Start(string? fault = null)
    {
        var start = new ProcessStartInfo(System.Environment.ProcessPath!, [CloudHost.Argument, state, $"{DiskReserve}", .. postgres is null ? [] : new[] { postgres }])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["CUMULET_FAULT"] = fault, ["DOTNET_TieredPGO"] = "0" },
        };
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        _answers = Channel.CreateUnbounded<string>();
        var answers = _answers;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Take(answers, line.Data);
        _process.BeginOutputReadLine();
        var url = await Answer();
        _http?.Dispose();
        _http = new HttpClient { BaseAddress = new Uri(url), Timeout = Limit };
        await LogIn();
    }

    private void Take(Channel<string> answers, string? line)
    {
        if (line is null) answers.Writer.TryComplete();
        else if (line.StartsWith(CloudHost.Mark, StringComparison.Ordinal)) answers.Writer.TryWrite(line[CloudHost.Mark.Length..]);
        else lock (_log) _log.Add(line);
    }

    private async Task<string> Answer()
    {
        using var limit = new CancellationTokenSource(Limit);
        return await _answers.Reader.ReadAsync(limit.Token);
    }

    public async Task<string> Ask(string line)
    {
        await _asking.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(line);
            return await Answer();
        }
        finally
        {
            _asking.Release();
        }
    }

    private readonly SemaphoreSlim _asking = new(1);

    private int _names;

    /// <summary>A name that nothing in this cloud has had.</summary>
    public string NewName(string scenario) => $"{scenario.Replace(' ', '-')}-{Interlocked.Increment(ref _names)}";

    public void Kill() => _process.Kill();

    /// <summary>Waits for its end.</summary>
    public async Task Died()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await _process.WaitForExitAsync(limit.Token);
        _process.Dispose();
    }

    private async Task LogIn()
    {
        var body = $$$"""
            {"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"admin","domain":{"id":"default"},"password":"{{{CloudHost.Password}}}"} } },
             "scope":{"project":{"name":"admin","domain":{"id":"default"} } } } }
            """;
        using var answer = await _http.PostAsync("/identity/v3/auth/tokens", TestCloud.Body(body));
        answer.EnsureSuccessStatusCode();
        _http.DefaultRequestHeaders.Add("X-Auth-Token", answer.Headers.GetValues("X-Subject-Token").Single());
        _http.DefaultRequestHeaders.Add("OpenStack-API-Version", ["volume 3.70, compute 2.90"]);
        _project = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetProperty("project").GetProperty("id").GetString()!;
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
        try
        {
            if (_process.HasExited) return;
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        catch (InvalidOperationException)
        {
            // It died before, as it was told to.
        }
    }
}
