using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Channels;

namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>A cloud in a process of its own that a test kills and starts again on the same state.</summary>
internal sealed class KillableCloud(string state, string? postgres) : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly List<string> _log = [];
    private Channel<string> _answers = Channel.CreateUnbounded<string>();
    private Process _process = null!;
    private HttpClient _http = null!;
    private string _project = "";

    public string Log
    {
        get { lock (_log) return string.Join('\n', _log.Where(l => l.Contains(" fail: ", StringComparison.Ordinal) || l.Contains(" crit: ", StringComparison.Ordinal)).TakeLast(3)); }
    }

    public async Task Start(string? fault = null)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, postgres is null ? [CloudHost.Argument, state] : [CloudHost.Argument, state, postgres])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["CUMULET_FAULT"] = fault, ["DOTNET_TieredPGO"] = "0" },
        };
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
        await _process.StandardInput.WriteLineAsync(line);
        return await Answer();
    }

    private int _names;

    /// <summary>A name that nothing in this cloud has had.</summary>
    public string NewName(string saga) => $"{saga}-{_names++}";

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
            throw new InvalidOperationException($"{method} {path}: {(int)answer.StatusCode} {text}");
        return text.StartsWith('{') ? JsonDocument.Parse(text).RootElement.Clone() : default;
    }

    public async Task Upload(string path, byte[] bytes)
    {
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new("application/octet-stream");
        using var answer = await _http.PutAsync(path, content);
        answer.EnsureSuccessStatusCode();
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
