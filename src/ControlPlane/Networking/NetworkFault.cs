using System.Net;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Networking;

/// <summary>Neutron's exceptions by name, in its words: clients match on both.</summary>
internal static class NetworkFault
{
    public static Fault BadRequest(string message) => Fault.BadRequest(message, "HTTPBadRequest");
    public static Fault InvalidInput(string reason) =>
        Fault.BadRequest($"Invalid input for operation: {reason.TrimEnd('.')}.", "InvalidInput");
    public static Fault Invalid(string attribute, string reason) =>
        Fault.BadRequest($"Invalid input for {attribute}. Reason: {reason}.", "HTTPBadRequest");

    public static Fault NetworkNotFound(string id) => Fault.NotFound($"Network {id} could not be found.", "NetworkNotFound");
    public static Fault SubnetNotFound(string id) => Fault.NotFound($"Subnet {id} could not be found.", "SubnetNotFound");
    public static Fault PortNotFound(string id) => Fault.NotFound($"Port {id} could not be found.", "PortNotFound");
    public static Fault RouterNotFound(string id) => Fault.NotFound($"Router {id} could not be found", "RouterNotFound");
    public static Fault FloatingIpNotFound(string id) => Fault.NotFound($"Floating IP {id} could not be found", "FloatingIPNotFound");
    public static Fault SecurityGroupNotFound(string id) => Fault.NotFound($"Security group {id} does not exist", "SecurityGroupNotFound");
    public static Fault SecurityGroupRuleNotFound(string id) =>
        Fault.NotFound($"Security group rule {id} does not exist", "SecurityGroupRuleNotFound");

    public static Fault IpAddressAlreadyAllocated(IPAddress address, string subnet) =>
        Fault.Conflict($"IP address {address} already allocated in subnet {subnet}", "IpAddressAlreadyAllocated");
    public static Fault IpAddressGenerationFailure(string network) =>
        Fault.Conflict($"No more IP addresses available on network {network}.", "IpAddressGenerationFailure");
    public static Fault ExternalIpAddressExhausted(string network) =>
        Fault.BadRequest($"Unable to find any IP address on external network {network}.", "ExternalIpAddressExhausted");
    public static Fault InvalidIpForNetwork(IPAddress address) => Fault.BadRequest(
        $"IP address {address} is not a valid IP for any of the subnets on the specified network.", "InvalidIpForNetwork");
    public static Fault InvalidIpForSubnet(IPAddress address) =>
        Fault.BadRequest($"IP address {address} is not a valid IP for the specified subnet.", "InvalidIpForSubnet");
    public static Fault AllocationOnAutoAddressSubnet(IPAddress address, string subnet) => Fault.BadRequest(
        $"IPv6 address {address} can not be directly assigned to a port on subnet {subnet} as the subnet is configured for automatic addresses",
        "AllocationOnAutoAddressSubnet");
    public static Fault MacAddressInUse(string network, string mac) => Fault.Conflict(
        $"Unable to complete operation for network {network}. The mac address {mac} is in use.", "MacAddressInUse");
    public static Fault MacAddressGenerationFailure(string network) =>
        Fault.Unavailable($"Unable to generate unique mac on network {network}.", "MacAddressGenerationFailure");

    public static Fault NetworkInUse(string id) => Fault.Conflict(
        $"Unable to complete operation on network {id}. There are one or more ports still in use on the network.", "NetworkInUse");
    public static Fault SubnetInUse(string id, string reason = "One or more ports have an IP allocation from this subnet") =>
        Fault.Conflict($"Unable to complete operation on subnet {id}: {reason}.", "SubnetInUse");
    public static Fault PortInUse(string port, string network, string device) => Fault.Conflict(
        $"Unable to complete operation on port {port} for network {network}. Port already has an attached device {device}.", "PortInUse");
    public static Fault OverQuota(string resource) =>
        Fault.Conflict($"Quota exceeded for resources: ['{resource}'].", "OverQuota");

    public static Fault NotAuthorized(string policies) =>
        Fault.Forbidden($"({policies}) is disallowed by policy", "PolicyNotAuthorized");
}
