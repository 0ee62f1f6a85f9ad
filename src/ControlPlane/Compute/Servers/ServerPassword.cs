using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// The password that a guest has set for itself and told the metadata service once. Rule: nova/api/metadata/password.py.
/// </summary>
internal sealed class ServerPassword(CloudParts parts)
{
    /// <summary>Bytes.</summary>
    public const int MaxSize = 4 * 255;

    public static string Find(Tx tx, string serverId) =>
        tx.Find($"SELECT password FROM server_passwords WHERE server_id = {serverId}", row => row.Text()) ?? "";

    /// <summary>False where there is one: a guest says it once.</summary>
    public static bool TrySet(Tx tx, string serverId, string password) => Find(tx, serverId) == "" && tx.Execute(
        $"INSERT INTO server_passwords (server_id, password) VALUES ({serverId}, {password}) ON CONFLICT (server_id) DO UPDATE SET password = excluded.password") == 1;

    public static void Clear(Tx tx, string serverId) => tx.Execute($"DELETE FROM server_passwords WHERE server_id = {serverId}");

    public Task<Reply> Show(ApiRequest request)
    {
        var password = parts.Database.Read(tx => Find(tx, ServerStore.Get(tx, request.Caller, request[0]).Id));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteString("password", password);
            json.WriteEndObject();
        }));
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await parts.Database.Write(tx => Clear(tx, ServerStore.Get(tx, request.Caller, request[0]).Id));
        return Reply.Empty();
    }
}
