using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Resources;

namespace Cumulet.ControlPlane.Networking.FloatingIps;

internal static class UpdateFloatingIp
{
    /// <summary>A port ties it, null frees it; without <c>port_id</c> it stays as it is.</summary>
    public static FloatingIpRecord Run(Change<FloatingIpRecord> change)
    {
        var (tx, body, current) = (change.Tx, change.Body, change.Current);
        var floating = current with
        {
            Description = change.Text("description", current.Description),
            QosPolicyId = Qos.QosUse.Asked(tx, change.Caller, body, current.QosPolicyId, $"floatingip {current.Id}"),
            UpdatedAt = change.Now,
        };
        if (body.GetText("port_id") is { } port)
            floating = Association.Make(tx, change.Caller, floating, port, body.GetText("fixed_ip_address"));
        else if (change.Has("port_id") && current.FixedPortId is not null)
            floating = floating with { FixedPortId = null, FixedIpAddress = null, RouterId = null, Status = "DOWN" };
        else if (body.GetText("fixed_ip_address") is { } address)
        {
            if (current.FixedPortId is null) throw Association.Bad("fixed_ip_address cannot be specified without a port_id");
            floating = Association.Make(tx, change.Caller, floating, current.FixedPortId, address);
        }
        FloatingIpStore.Update(tx, floating);
        return floating;
    }
}
