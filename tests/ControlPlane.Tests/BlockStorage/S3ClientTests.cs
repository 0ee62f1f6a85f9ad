using Cumulet.ControlPlane.BlockStorage.Backups.Target;
using Cumulet.ControlPlane.BlockStorage.Backups.Target.S3;

namespace Cumulet.ControlPlane.Tests.BlockStorage;

/// <summary>The requests of S3, signed and sent to a real store.</summary>
public sealed class S3ClientTests(PrivateS3 store) : IClassFixture<PrivateS3>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task More_names_than_a_page_has_are_all_listed_and_all_removed()
    {
        const string Bucket = "pages";
        var client = store.Client();
        await client.Create(Bucket, Cancel);
        await client.Create(Bucket, Cancel);
        await Parallel.ForAsync(0, 1003, Cancel, async (i, stop) => await client.Put(Bucket, $"volume_a/{i:0000}", Nothing, stop));
        await client.Put(Bucket, "volume_b/0000", Nothing, Cancel);
        var (first, next) = await client.List(Bucket, "volume_a/", null, Cancel);
        var (second, last) = await client.List(Bucket, "volume_a/", next, Cancel);
        Assert.Equal((1000, 3), (first.Count, second.Count));
        Assert.Null(last);
        Assert.Equal(Enumerable.Range(0, 1003).Select(i => $"volume_a/{i:0000}"), first.Concat(second));

        var place = new BucketPlace(store.Bucket(Bucket), TimeProvider.System);
        for (var twice = 0; twice < 2; twice++) await place.Remove(Bucket, "volume_a/", "volume_a/0000", Cancel);
        Assert.Equal(["volume_b/0000"], (await client.List(Bucket, "", null, Cancel)).Keys);
    }

    [Fact]
    public async Task What_is_put_is_what_is_got_and_what_is_not_there_is_said_so()
    {
        var place = new BucketPlace(store.Bucket("things"), TimeProvider.System);
        var bytes = new byte[3_000_000];
        Random.Shared.NextBytes(bytes);
        Assert.False(await place.Holds("things", "a/b_c-00001", Cancel));
        // The bucket is not there yet.
        await place.Remove("things", "a/b_c", "a/b_c_metadata", Cancel);
        await place.Write("things", "a/b_c-00001", async (file, stop) => await file.WriteAsync(bytes, stop), Cancel);
        await place.Write("things", "empty", Nothing, Cancel);
        Assert.True(await place.Holds("things", "a/b_c-00001", Cancel));
        Assert.Equal(bytes, await place.Read("things", "a/b_c-00001", Whole, Cancel));
        Assert.Empty(await place.Read("things", "empty", Whole, Cancel));
        foreach (var (bucket, name) in new[] { ("things", "a/other"), ("no-such-bucket", "a") })
            Assert.True((await Assert.ThrowsAsync<BackupTargetException>(() => place.Read(bucket, name, Whole, Cancel))).IsMissing);
    }

    [Fact]
    public async Task Store_that_breaks_off_or_is_busy_is_asked_again()
    {
        var settings = store.Bucket("faults");
        var bytes = new byte[1_000_000];
        Random.Shared.NextBytes(bytes);
        await using (var way = new FaultyWay(settings.Endpoint, FaultyWay.Fault.Closed, FaultyWay.Fault.Busy))
        {
            var place = new BucketPlace(settings with { Endpoint = way.Address }, TimeProvider.System);
            await place.Write("faults", "a", async (file, stop) => await file.WriteAsync(bytes, stop), Cancel);
            Assert.Equal(0, way.Left);
        }
        await using (var way = new FaultyWay(settings.Endpoint, FaultyWay.Fault.Cut, FaultyWay.Fault.Busy, FaultyWay.Fault.Cut))
        {
            var place = new BucketPlace(settings with { Endpoint = way.Address }, TimeProvider.System);
            var begun = 0;
            Assert.Equal(bytes, await place.Read("faults", "a", (file, stop) =>
            {
                begun++;
                return Whole(file, stop);
            }, Cancel));
            Assert.Equal((3, 0), (begun, way.Left));
        }
        await using (var way = new FaultyWay(settings.Endpoint, [.. Enumerable.Repeat(FaultyWay.Fault.Busy, 100)]))
        {
            var client = store.Client(settings with { Endpoint = way.Address, Patience = TimeSpan.FromMilliseconds(700) });
            var failure = await Assert.ThrowsAsync<BackupTargetException>(() => client.Get("faults", "a", Whole, Cancel));
            Assert.Equal("the backup target answers 503", failure.Message);
            Assert.InRange(way.Left, 90, 98);
        }
    }

    [Fact]
    public async Task Nobody_who_answers_is_told_in_time()
    {
        var nobody = store.Bucket("things") with { Endpoint = new Uri("http://127.0.0.1:9"), Patience = TimeSpan.FromMilliseconds(700) };
        var failure = await Assert.ThrowsAsync<BackupTargetException>(() => store.Client(nobody).Put("things", "a", Nothing, Cancel));
        Assert.Equal("the backup target does not answer", failure.Message);
        var plain = store.Bucket("things") with { Endpoint = new UriBuilder(store.Bucket("things").Endpoint) { Scheme = "https" }.Uri };
        failure = await Assert.ThrowsAsync<BackupTargetException>(() => store.Client(plain).List("things", "", null, Cancel));
        Assert.Contains("TLS", failure.Message, StringComparison.Ordinal);
    }

    // The examples of "Signature Calculations for the Authorization Header" in Amazon's S3 API reference.
    [Theory]
    [InlineData("GET", "/test.txt", "", "range:bytes=0-9", null, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")]
    [InlineData("PUT", "/test%24file.text", "", "date:Fri, 24 May 2013 00:00:00 GMT|x-amz-storage-class:REDUCED_REDUNDANCY",
        "Welcome to Amazon S3.", "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")]
    [InlineData("GET", "/", "lifecycle=", "", null, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")]
    [InlineData("GET", "/", "max-keys=2&prefix=J", "", null, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    public void Signature_is_that_of_Amazons_examples(string method, string path, string query, string more, string? body, string signature)
    {
        var headers = more.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(h => h.Split(':', 2)).Select(h => (h[0], h[1]))
            .Concat([("host", "examplebucket.s3.amazonaws.com"), (S3Signature.DateHeader, "20130524T000000Z")])
            .Append((S3Signature.HashHeader, S3Signature.Hash(body ?? "")))
            .OrderBy(h => h.Item1, StringComparer.Ordinal).ToList();
        var (access, secret) = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
        var value = S3Signature.Authorization(method, path, query, headers, access, secret, "us-east-1");
        Assert.StartsWith($"AWS4-HMAC-SHA256 Credential={access}/20130524/us-east-1/s3/aws4_request, ", value, StringComparison.Ordinal);
        Assert.EndsWith($", Signature={signature}", value, StringComparison.Ordinal);
    }

    private static Task Nothing(Stream body, CancellationToken cancel) => Task.CompletedTask;

    private static async Task<byte[]> Whole(Stream body, CancellationToken cancel)
    {
        using var bytes = new MemoryStream();
        await body.CopyToAsync(bytes, cancel);
        return bytes.ToArray();
    }
}
