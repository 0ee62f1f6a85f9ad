using System.Net;
using System.Security.Cryptography;
using Cumulet.ControlPlane.Tests.Foundation;
using Cumulet.ControlPlane.Tests.Images;

namespace Cumulet.ControlPlane.Tests.Faults;

/// <summary>Two images whose bytes come while something breaks: one is on its way then, the other is sent meanwhile.</summary>
internal sealed class Uploads(KillableCloud cloud, string begun, string tried)
{
    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 2 << 20).Select(i => (byte)(i * 31 >> 3))];
    private static readonly string Checksum = Convert.ToHexStringLower(MD5.HashData(Bytes));

    private Task<int> _begun = Task.FromResult(0), _tried = Task.FromResult(0);

    public static async Task<Uploads> Prepare(KillableCloud cloud) => new(cloud, await Image(cloud), await Image(cloud));

    private static async Task<string> Image(KillableCloud cloud) => (await cloud.Send("POST", "/image/v2/images",
        """{"name":"sent","disk_format":"raw","container_format":"bare"}""")).GetProperty("id").GetString()!;

    public void Begin() => _begun = Send(begun, new SlowBytes());

    public void Try() => _tried = Send(tried, new ByteArrayContent(Bytes));

    /// <summary>What was answered: both are refused in words or in; what is not in can be sent again.</summary>
    public async Task<int[]> End()
    {
        var answers = await Task.WhenAll(_begun, _tried);
        foreach (var (id, answer) in new[] { (begun, answers[0]), (tried, answers[1]) })
        {
            await Eventually.Holds(async () => await StatusOf(id) is "queued" or "active");
            if (answer == 200) Assert.Equal("active", await StatusOf(id));
            if (await StatusOf(id) == "queued") Assert.Equal(200, await Send(id, new ByteArrayContent(Bytes)));
            Assert.Equal(Checksum, (await cloud.Send("GET", $"/image/v2/images/{id}")).GetProperty("checksum").GetString());
        }
        return answers;
    }

    public async Task Remove()
    {
        foreach (var id in (string[])[begun, tried]) await cloud.Send("DELETE", $"/image/v2/images/{id}", null, 404);
    }

    private async Task<string?> StatusOf(string id) => (await cloud.Send("GET", $"/image/v2/images/{id}")).GetProperty("status").GetString();

    private async Task<int> Send(string id, HttpContent content)
    {
        using (content)
        {
            content.Headers.ContentType = new("application/octet-stream");
            return await FaultTests.Status(() => cloud.Upload($"/image/v2/images/{id}/file", content));
        }
    }

    /// <summary>The same bytes within about two seconds.</summary>
    private sealed class SlowBytes : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            foreach (var piece in Bytes.Chunk(64 << 10))
            {
                await stream.WriteAsync(piece);
                await stream.FlushAsync();
                await Task.Delay(60);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = Bytes.Length;
            return true;
        }
    }
}
