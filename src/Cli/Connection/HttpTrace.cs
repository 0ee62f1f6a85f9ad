using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Cumulet.Cli.Connection;

/// <summary>What <c>--debug</c> shows and <c>--timing</c> counts. Tokens and passwords never appear in it.</summary>
sealed partial class HttpTrace(TextWriter? output)
{
    private readonly List<(string Call, TimeSpan Time)> _calls = [];

    public async Task Request(HttpRequestMessage request, CancellationToken cancellation)
    {
        if (output is null) return;
        var line = new StringBuilder($"REQ: curl -g -i -X {request.Method} {request.RequestUri}");
        foreach (var (name, values) in request.Headers)
            line.Append($" -H \"{name}: {Shown(name, string.Join(',', values))}\"");
        if (request.Content is { } content)
        {
            foreach (var (name, values) in content.Headers) line.Append($" -H \"{name}: {string.Join(',', values)}\"");
            if (content.Headers.ContentType?.MediaType?.Contains("json") == true)
                line.Append($" -d '{Hide(await content.ReadAsStringAsync(cancellation))}'");
        }

        output.WriteLine(line);
    }

    public async Task Reply(HttpResponseMessage reply, CancellationToken cancellation)
    {
        if (output is null) return;
        var headers = reply.Headers.Concat(reply.Content.Headers)
            .Select(header => $"{header.Key}: {Shown(header.Key, string.Join(',', header.Value))}");
        output.WriteLine($"RESP: [{(int)reply.StatusCode}] {string.Join(' ', headers)}");
        if (reply.Content.Headers.ContentType?.MediaType is { } type && (type.Contains("json") || type.StartsWith("text/", StringComparison.Ordinal)))
        {
            await reply.Content.LoadIntoBufferAsync(cancellation);
            output.WriteLine($"RESP BODY: {Hide(await reply.Content.ReadAsStringAsync(cancellation))}");
        }
    }

    public void Took(HttpRequestMessage request, TimeSpan time)
    {
        lock (_calls) _calls.Add(($"{request.Method} {request.RequestUri}", time));
    }

    public void WriteTimings(TextWriter output)
    {
        var rows = _calls.Select(call => (call.Call, Seconds: call.Time.TotalSeconds))
            .Append(("Total", _calls.Sum(call => call.Time.TotalSeconds)));
        var table = new Output.Table([.. new[] { "URL", "Seconds" }],
            [.. rows.Select(row => new[] { new Output.Cell(row.Item1), new Output.Cell(Math.Round(row.Item2, 6)) })]);
        new Output.TableFormat(0, false, 0).Write(table, output);
    }

    private static string Shown(string name, string value) =>
        name.Equals("X-Auth-Token", StringComparison.OrdinalIgnoreCase) || name.Equals("X-Subject-Token", StringComparison.OrdinalIgnoreCase)
            || name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
            ? "{SHA256}" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)))
            : value;

    private static string Hide(string body) => TokenProof().Replace(Secrets().Replace(body, "$1\"***\""), "$1\"***\"");

    [GeneratedRegex("(\"(?:password|original_password|adminPass|admin_pass|secret|auth_token|private_key|user_data|passcode)\"\\s*:\\s*)\"(?:[^\"\\\\]|\\\\.)*\"")]
    private static partial Regex Secrets();

    [GeneratedRegex("(\"token\"\\s*:\\s*\\{\\s*\"id\"\\s*:\\s*)\"[^\"]*\"")]
    private static partial Regex TokenProof();
}
