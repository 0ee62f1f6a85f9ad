using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network;

/// <summary><c>subnet=S,ip-address=A</c>, with the subnet by name or id.</summary>
static class FixedIps
{
    public static async Task<List<JsonObject>> Read(Call call, Option<string[]> option, CancellationToken cancellation)
    {
        var addresses = new List<JsonObject>();
        foreach (var text in call[option])
        {
            var fields = call.Fields(option, text, "subnet", "ip-address");
            addresses.Add(new JsonObject()
                .With("subnet_id", await call.Cloud.FindIdOrNull(Resources.Subnet, fields.GetValueOrDefault("subnet"), cancellation))
                .With("ip_address", fields.GetValueOrDefault("ip-address")));
        }

        return addresses;
    }
}
