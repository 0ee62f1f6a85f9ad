using System.Net;
using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.Identity;

/// <summary>Short ways to speak to the Identity API: a status, a body, the two together.</summary>
internal static class IdentityClient
{
    public static async Task<(int Status, JsonElement Body)> Ask(this HttpClient client, string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/identity/v3/{path}");
        if (body is not null) request.Content = TestCloud.Body(body);
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    public static async Task<int> Status(this HttpClient client, string method, string path, string? body = null) =>
        (await client.Ask(method, path, body)).Status;

    /// <summary>Makes a resource and gives what came back under its name.</summary>
    public static async Task<JsonElement> Make(this HttpClient client, string path, string member, string body)
    {
        var (status, answer) = await client.Ask("POST", path, body);
        Assert.True(status is 200 or 201, $"POST {path}: {status} {answer}");
        return answer.GetProperty(member);
    }

    public static string Id(this JsonElement json) => json.GetProperty("id").GetString()!;

    public static string Message(this JsonElement json) => json.GetProperty("error").GetProperty("message").GetString()!;

    public static async Task<string> RoleId(this HttpClient admin, string name) =>
        (await admin.Ask("GET", $"roles?name={name}")).Body.GetProperty("roles")[0].Id();

    /// <summary>A user of the default domain with the tests' password and, where asked for, a role on a project.</summary>
    public static async Task<string> MakeUser(this HttpClient admin, string name, string? projectId = null, string role = "member")
    {
        var user = await admin.Make("users", "user", $$$"""{"user":{"name":"{{{name}}}","password":"{{{TestCloud.TestPassword}}}"} }""");
        if (projectId is not null)
            Assert.Equal(204, await admin.Status("PUT", $"projects/{projectId}/users/{user.Id()}/roles/{await admin.RoleId(role)}"));
        return user.Id();
    }

    public static async Task<HttpResponseMessage> Login(this TestCloud cloud, string userId, string password, string scope = "\"unscoped\"")
    {
        using var client = cloud.Anonymous();
        return await client.PostAsync("/identity/v3/auth/tokens", TestCloud.Body($$$"""
            {"auth":{"identity":{"methods":["password"],"password":{"user":{"id":"{{{userId}}}","password":"{{{password}}}"} } },"scope":{{{scope}}} } }
            """));
    }

    public static string TokenOf(this HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return answer.Headers.GetValues("X-Subject-Token").Single();
    }
}
