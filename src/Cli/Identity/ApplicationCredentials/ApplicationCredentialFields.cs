using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.ApplicationCredentials;

/// <summary>Application credentials belong to the user who asks.</summary>
static class ApplicationCredentialFields
{
    public static Record Show(JsonObject credential) => Record.Sorted(Entity.Show(credential).Fields.Where(field => field.Name != "roles")
        .Append(("roles", new Cell(string.Join(' ', credential.Items("roles").Select(role => role.Text("name")))))));

    public static async Task<string> Path(Call call, CancellationToken cancellation) =>
        $"/users/{(await call.Cloud.Session(cancellation)).UserId}/application_credentials";

    public static async Task<JsonObject> Find(Call call, string nameOrId, CancellationToken cancellation)
    {
        var path = await Path(call, cancellation);
        var mine = new Resource(ServiceType.Identity, path, "application_credential", "application_credentials", "applicationcredential");
        return await call.Cloud.Find(mine, nameOrId, cancellation);
    }
}
