namespace Cumulet.ControlPlane.Networking;

/// <summary>The host that carries routers and DHCP, as ports and agents name it.</summary>
internal static class LocalHost
{
    public static string Name { get; } = System.Net.Dns.GetHostName();
}
