using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Images;

/// <summary>What the image tests say again and again.</summary>
internal static class ImageClient
{
    public const string Patch21 = "application/openstack-images-v2.1-json-patch";

    extension(HttpClient client)
    {
        public Task<HttpResponseMessage> Post(string path, string json) => client.PostAsync($"/image{path}", TestCloud.Body(json));

        public async Task<JsonElement> Get(string path, HttpStatusCode expected = HttpStatusCode.OK)
        {
            using var answer = await client.GetAsync($"/image{path}");
            await answer.Must(expected);
            return answer.Content.Headers.ContentType?.MediaType == "application/json" ? await TestCloud.Json(answer) : default;
        }

        /// <summary>Registers an image and gives its id.</summary>
        public async Task<string> CreateImage(string name = "test", string diskFormat = "raw", string container = "bare", string more = "")
        {
            using var answer = await client.Post("/v2/images",
                $$"""{"name": "{{name}}", "disk_format": "{{diskFormat}}", "container_format": "{{container}}" {{more}} }""");
            await answer.Must(HttpStatusCode.Created);
            return (await TestCloud.Json(answer)).GetProperty("id").GetString()!;
        }

        public async Task<HttpResponseMessage> Upload(string id, byte[] bytes, string where = "file")
        {
            using var content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
            return await client.PutAsync($"/image/v2/images/{id}/{where}", content);
        }

        public async Task<string> CreateActive(byte[] bytes, string name = "test", string diskFormat = "raw", string more = "")
        {
            var id = await client.CreateImage(name, diskFormat, more: more);
            using var answer = await client.Upload(id, bytes);
            await answer.Must(HttpStatusCode.NoContent);
            return id;
        }

        public Task<HttpResponseMessage> Change(string id, string operations, string mediaType = Patch21) =>
            client.PatchAsync($"/image/v2/images/{id}", new StringContent(operations, Encoding.UTF8) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } });

        public async Task<string> Status(string id) => (await client.Get($"/v2/images/{id}")).GetProperty("status").GetString()!;
    }

    extension(HttpResponseMessage answer)
    {
        public async Task<string> Must(HttpStatusCode expected)
        {
            var text = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode != expected) Assert.Fail($"{(int)answer.StatusCode} instead of {(int)expected}: {text}");
            return text;
        }
    }

    public static byte[] Bytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));
    public static string Sha512(byte[] bytes) => Convert.ToHexStringLower(SHA512.HashData(bytes));
}
