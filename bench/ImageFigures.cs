using System.Diagnostics;

namespace Cumulet.Bench;

/// <summary>An image's way in and out, beside what a shell needs for the same bytes: a copy that is on disk, and both sums.</summary>
internal static class ImageFigures
{
    private const int Runs = 3;
    private const long Size = 1L << 30;

    public static async Task Measure(List<Figure> figures)
    {
        using var cloud = new BenchCloud("fake", 18793);
        cloud.Up();
        await cloud.Login();
        var source = Path.Combine(cloud.Home, "image.raw");
        WriteNoise(source);
        var floor = Series.Median(Enumerable.Range(0, Runs).Select(_ => Copy(cloud, source)));
        var (up, down) = (new List<double>(), new List<double>());
        for (var i = 0; i < Runs; i++)
        {
            var image = await Create(cloud, "raw");
            up.Add(Rate(await Timed(() => Upload(cloud, image, source))));
            down.Add(Rate(await Timed(() => Download(cloud, image))));
            await cloud.Send(HttpMethod.Delete, $"/image/v2/images/{image}");
        }
        var peer = ("cp, sha512sum, md5sum", floor);
        figures.Add(new Figure("upload of a 1 GiB image", Series.Median(up), "MB/s", peer, 0.8 * floor, "≥ 0.8 × floor", HigherIsBetter: true));
        figures.Add(new Figure("download of a 1 GiB image", Series.Median(down), "MB/s", peer, 0.8 * floor, "≥ 0.8 × floor", HigherIsBetter: true));
    }

    private static double Rate(double milliseconds) => Size / 1000.0 / milliseconds;

    // Bytes that no file system and no image format can leave out.
    public static void WriteNoise(string path)
    {
        using var file = File.Create(path);
        var block = new byte[1 << 20];
        for (var written = 0L; written < Size; written += block.Length)
        {
            Random.Shared.NextBytes(block);
            file.Write(block);
        }
        file.Flush(flushToDisk: true);
    }

    private static double Copy(BenchCloud cloud, string source)
    {
        var copy = Path.Combine(cloud.Home, "copy.raw");
        var took = cloud.Timed("sh", ["-c", $"cp {source} {copy} && sync {copy} && sha512sum {copy} && md5sum {copy}"]);
        File.Delete(copy);
        return Rate(took);
    }

    public static async Task<string> Create(BenchCloud cloud, string format) =>
        (await cloud.Send(HttpMethod.Post, "/image/v2/images", $$"""{"name": "bench", "disk_format": "{{format}}", "container_format": "bare"}"""))
        .GetProperty("id").GetString()!;

    public static async Task Upload(BenchCloud cloud, string image, string source)
    {
        await using var file = File.OpenRead(source);
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{cloud.Url}/image/v2/images/{image}/file") { Content = new StreamContent(file, 1 << 20) };
        request.Content.Headers.ContentType = new("application/octet-stream");
        using var answer = await cloud.Http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task Download(BenchCloud cloud, string image)
    {
        await using var stream = await cloud.Http.GetStreamAsync($"{cloud.Url}/image/v2/images/{image}/file");
        await using var copy = File.Create(Path.Combine(cloud.Home, "download.raw"));
        await stream.CopyToAsync(copy, 1 << 20);
        copy.Flush(flushToDisk: true);
    }

    private static async Task<double> Timed(Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        return watch.Elapsed.TotalMilliseconds;
    }
}
