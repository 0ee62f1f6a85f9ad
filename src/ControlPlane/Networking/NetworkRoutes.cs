using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.AddressGroups;
using Cumulet.ControlPlane.Networking.AddressScopes;
using Cumulet.ControlPlane.Networking.Agents;
using Cumulet.ControlPlane.Networking.AutoTopology;
using Cumulet.ControlPlane.Networking.Flavors;
using Cumulet.ControlPlane.Networking.FloatingIps;
using Cumulet.ControlPlane.Networking.Networks;
using Cumulet.ControlPlane.Networking.Ports;
using Cumulet.ControlPlane.Networking.Qos;
using Cumulet.ControlPlane.Networking.Quotas;
using Cumulet.ControlPlane.Networking.Rbac;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Networking.Routers;
using Cumulet.ControlPlane.Networking.SecurityGroups;
using Cumulet.ControlPlane.Networking.SubnetPools;
using Cumulet.ControlPlane.Networking.Subnets;
using Cumulet.ControlPlane.Networking.Tags;
using Cumulet.ControlPlane.Networking.Topology;

namespace Cumulet.ControlPlane.Networking;

/// <summary>Every URL of the network service with its policy.</summary>
internal sealed class NetworkRoutes(CloudParts parts, ServiceApi api, Action poke)
{
    private readonly RouteTable _routes = api.Routes;

    public void Register()
    {
        _routes.Open("GET", "", Discovery.Versions);
        _routes.Open("GET", "v2.0", Discovery.Version);
        RegisterNetworks();
        RegisterPorts();
        RegisterSecurityGroups();
        RegisterRouters();
        RegisterPools();
        RegisterTags();
        RegisterQos();
        RegisterAgents();
        RegisterFlavors();
        RegisterCloud();
    }

    private void RegisterNetworks()
    {
        var networks = Verbs(NetworkResource.Declared);
        Get("v2.0/networks", "get_network", networks.List).FromRows();
        Get("v2.0/networks/{id}", "get_network", networks.Show);
        Change("POST", "v2.0/networks", "create_network", networks.Create(CreateNetwork.Run));
        Change("PUT", "v2.0/networks/{id}", "update_network", networks.Update(UpdateNetwork.Run));
        Change("DELETE", "v2.0/networks/{id}", "delete_network", networks.Delete(DeleteNetwork.Run));

        var subnets = Verbs(SubnetResource.Declared);
        Get("v2.0/subnets", "get_subnet", subnets.List).FromRows();
        Get("v2.0/subnets/{id}", "get_subnet", subnets.Show);
        Change("POST", "v2.0/subnets", "create_subnet", subnets.Create(CreateSubnet.Run, CreateSubnet.Target));
        Change("PUT", "v2.0/subnets/{id}", "update_subnet", subnets.Update(UpdateSubnet.Run));
        Change("DELETE", "v2.0/subnets/{id}", "delete_subnet", subnets.Delete(DeleteSubnet.Run));
    }

    private void RegisterPorts()
    {
        var ports = Verbs(PortResource.Declared);
        var deletion = new PortDeletion(parts.Time);
        Get("v2.0/ports", "get_port", ports.List).FromRows();
        Get("v2.0/ports/{id}", "get_port", ports.Show);
        Change("POST", "v2.0/ports", "create_port", ports.Create(CreatePort.Run, CreatePort.Target));
        Change("PUT", "v2.0/ports/{id}", "update_port", ports.Update(UpdatePort.Run, UpdatePort.Target));
        Change("DELETE", "v2.0/ports/{id}", "delete_port", ports.Delete(removal => DeletePort.Run(removal, deletion)));

        var bindings = new PortBindings(parts.Database, parts.Time, parts.Options.HostName);
        Get("v2.0/ports/{id}/bindings", "get_port_binding", bindings.List);
        Change("POST", "v2.0/ports/{id}/bindings", "create_port_binding", bindings.Create);
        Change("PUT", "v2.0/ports/{id}/bindings/{host}", "create_port_binding", bindings.Update);
        Change("DELETE", "v2.0/ports/{id}/bindings/{host}", "delete_port_binding", bindings.Delete);
        Change("PUT", "v2.0/ports/{id}/bindings/{host}/activate", "create_port_binding", bindings.Activate);
    }

    private void RegisterSecurityGroups()
    {
        var groups = Verbs(SecurityGroupResource.Declared);
        var lazily = new DefaultSecurityGroup(parts.Database, parts.Time);
        Get("v2.0/security-groups", "get_security_group", lazily.Before(groups.List));
        Get("v2.0/security-groups/{id}", "get_security_group", groups.Show);
        Change("POST", "v2.0/security-groups", "create_security_group", groups.Create(SecurityGroupResource.Create));
        Change("PUT", "v2.0/security-groups/{id}", "update_security_group", groups.Update(SecurityGroupResource.Update));
        Change("DELETE", "v2.0/security-groups/{id}", "delete_security_group", groups.Delete(SecurityGroupResource.Delete));

        var rules = Verbs(SecurityGroupRuleResource.Declared);
        Get("v2.0/security-group-rules", "get_security_group_rule", lazily.Before(rules.List));
        Get("v2.0/security-group-rules/{id}", "get_security_group_rule", rules.Show);
        Change("POST", "v2.0/security-group-rules", "create_security_group_rule", rules.Create(CreateSecurityGroupRule.Run, CreateSecurityGroupRule.Target));
        Change("DELETE", "v2.0/security-group-rules/{id}", "delete_security_group_rule", rules.Delete(SecurityGroupRuleResource.Delete));

        var defaults = Verbs(DefaultRuleResource.Declared);
        Get("v2.0/default-security-group-rules", "get_default_security_group_rule", defaults.List);
        Get("v2.0/default-security-group-rules/{id}", "get_default_security_group_rule", defaults.Show);
        Change("POST", "v2.0/default-security-group-rules", "create_default_security_group_rule", defaults.Create(DefaultRuleResource.Create));
        Change("DELETE", "v2.0/default-security-group-rules/{id}", "delete_default_security_group_rule", defaults.Delete(DefaultRuleResource.Delete));

        var addresses = Verbs(AddressGroupResource.Declared);
        Get("v2.0/address-groups", "get_address_group", addresses.List);
        Get("v2.0/address-groups/{id}", "get_address_group", addresses.Show);
        Change("POST", "v2.0/address-groups", "create_address_group", addresses.Create(AddressGroupResource.Create));
        Change("PUT", "v2.0/address-groups/{id}", "update_address_group", addresses.Update(AddressGroupResource.Update));
        Change("DELETE", "v2.0/address-groups/{id}", "delete_address_group", addresses.Delete(AddressGroupResource.Delete));
        Change("PUT", "v2.0/address-groups/{id}/add_addresses", "add_addresses", addresses.MemberShowing(AddressGroupResource.AddAddresses));
        Change("PUT", "v2.0/address-groups/{id}/remove_addresses", "remove_addresses", addresses.MemberShowing(AddressGroupResource.RemoveAddresses));
    }

    private void RegisterRouters()
    {
        var routers = Verbs(RouterResource.Declared);
        Get("v2.0/routers", "get_router", routers.List).FromRows();
        Get("v2.0/routers/{id}", "get_router", routers.Show);
        Change("POST", "v2.0/routers", "create_router", routers.Create(CreateRouter.Run));
        Change("PUT", "v2.0/routers/{id}", "update_router", routers.Update(UpdateRouter.Run));
        Change("DELETE", "v2.0/routers/{id}", "delete_router", routers.Delete(DeleteRouter.Run));
        Change("PUT", "v2.0/routers/{id}/add_router_interface", "add_router_interface", routers.Member(RouterInterfaces.Add));
        Change("PUT", "v2.0/routers/{id}/remove_router_interface", "remove_router_interface", routers.Member(RouterInterfaces.Remove));
        Change("PUT", "v2.0/routers/{id}/add_extraroutes", "add_extraroutes", routers.MemberShowing(RouterRoutes.Add));
        Change("PUT", "v2.0/routers/{id}/remove_extraroutes", "remove_extraroutes", routers.MemberShowing(RouterRoutes.Remove));

        var floating = Verbs(FloatingIpResource.Declared);
        Get("v2.0/floatingips", "get_floatingip", floating.List).FromRows();
        Get("v2.0/floatingips/{id}", "get_floatingip", floating.Show);
        Change("POST", "v2.0/floatingips", "create_floatingip", floating.Create(CreateFloatingIp.Run));
        Change("PUT", "v2.0/floatingips/{id}", "update_floatingip", floating.Update(UpdateFloatingIp.Run));
        Change("DELETE", "v2.0/floatingips/{id}", "delete_floatingip", floating.Delete(DeleteFloatingIp.Run));

        var forwardings = Verbs(PortForwardingResource.Declared);
        const string below = "v2.0/floatingips/{floatingip}/port_forwardings";
        Get(below, "get_floatingip_port_forwarding", forwardings.List);
        Get(below + "/{id}", "get_floatingip_port_forwarding", forwardings.Show);
        Change("POST", below, "create_floatingip_port_forwarding", forwardings.Create(PortForwardingResource.Create, PortForwardingResource.TargetOfNew));
        Change("PUT", below + "/{id}", "update_floatingip_port_forwarding", forwardings.Update(PortForwardingResource.Update));
        Change("DELETE", below + "/{id}", "delete_floatingip_port_forwarding", forwardings.Delete(PortForwardingResource.Delete));
    }

    private void RegisterPools()
    {
        var pools = Verbs(SubnetPoolResource.Declared);
        Get("v2.0/subnetpools", "get_subnetpool", pools.List);
        Get("v2.0/subnetpools/{id}", "get_subnetpool", pools.Show);
        Change("POST", "v2.0/subnetpools", "create_subnetpool", pools.Create(SubnetPoolResource.Create));
        Change("PUT", "v2.0/subnetpools/{id}", "update_subnetpool", pools.Update(SubnetPoolResource.Update));
        Change("DELETE", "v2.0/subnetpools/{id}", "delete_subnetpool", pools.Delete(SubnetPoolResource.Delete));
        Change("PUT", "v2.0/subnetpools/{id}/add_prefixes", "add_prefixes", pools.Member(SubnetPoolResource.AddPrefixes));
        Change("PUT", "v2.0/subnetpools/{id}/remove_prefixes", "remove_prefixes", pools.Member(SubnetPoolResource.RemovePrefixes));

        var scopes = Verbs(AddressScopeResource.Declared);
        Get("v2.0/address-scopes", "get_address_scope", scopes.List);
        Get("v2.0/address-scopes/{id}", "get_address_scope", scopes.Show);
        Change("POST", "v2.0/address-scopes", "create_address_scope", scopes.Create(AddressScopeResource.Create));
        Change("PUT", "v2.0/address-scopes/{id}", "update_address_scope", scopes.Update(AddressScopeResource.Update));
        Change("DELETE", "v2.0/address-scopes/{id}", "delete_address_scope", scopes.Delete(AddressScopeResource.Delete));
    }

    private void RegisterTags()
    {
        Tags("networks", "network", NetworkResource.Declared);
        Tags("subnets", "subnet", SubnetResource.Declared);
        Tags("ports", "port", PortResource.Declared);
        Tags("security-groups", "security_group", SecurityGroupResource.Declared);
        Tags("routers", "router", RouterResource.Declared);
        Tags("floatingips", "floatingip", FloatingIpResource.Declared);
        Tags("subnetpools", "subnetpool", SubnetPoolResource.Declared);
        Tags("policies", "policy", QosPolicyResource.Declared);
    }

    private void Tags<T>(string collection, string kind, Resource<T> resource) where T : class
    {
        var tags = new TagVerbs<T>(parts.Database, resource);
        _routes.Get($"v2.0/{collection}/{{id}}/tags", $"get_{kind}:tags", tags.List).ByTarget();
        _routes.Put($"v2.0/{collection}/{{id}}/tags", $"update_{kind}:tags", tags.Replace).ByTarget();
        _routes.Post($"v2.0/{collection}/{{id}}/tags", $"create_{kind}:tags", tags.AddMany).ByTarget();
        _routes.Delete($"v2.0/{collection}/{{id}}/tags", $"delete_{kind}:tags", tags.RemoveAll).ByTarget();
        _routes.Get($"v2.0/{collection}/{{id}}/tags/{{tag}}", $"get_{kind}:tags", tags.Show).ByTarget();
        _routes.Put($"v2.0/{collection}/{{id}}/tags/{{tag}}", $"update_{kind}:tags", tags.Add).ByTarget();
        _routes.Delete($"v2.0/{collection}/{{id}}/tags/{{tag}}", $"delete_{kind}:tags", tags.Remove).ByTarget();
    }

    private void RegisterQos()
    {
        var policies = Verbs(QosPolicyResource.Declared);
        Get("v2.0/qos/policies", "get_policy", policies.List);
        Get("v2.0/qos/policies/{id}", "get_policy", policies.Show);
        Change("POST", "v2.0/qos/policies", "create_policy", policies.Create(QosPolicyResource.Create));
        Change("PUT", "v2.0/qos/policies/{id}", "update_policy", policies.Update(QosPolicyResource.Update));
        Change("DELETE", "v2.0/qos/policies/{id}", "delete_policy", policies.Delete(QosPolicyResource.Delete));
        _routes.Get("v2.0/qos/rule-types", "get_rule_type", QosRuleTypes.List);
        _routes.Get("v2.0/qos/rule-types/{type}", "get_rule_type", QosRuleTypes.Show);
        foreach (var kind in QosRuleKind.All)
        {
            var rule = new QosRuleResource(kind);
            var rules = Verbs(rule.Declare(alias: false));
            var below = $"v2.0/qos/policies/{{policy}}/{kind.RuleName}s";
            Get(below, $"get_policy_{kind.RuleName}", rules.List);
            Get(below + "/{id}", $"get_policy_{kind.RuleName}", rules.Show);
            Change("POST", below, $"create_policy_{kind.RuleName}", rules.Create(rule.Create, QosRuleResource.TargetOfNew));
            Change("PUT", below + "/{id}", $"update_policy_{kind.RuleName}", rules.Update(rule.Update));
            Change("DELETE", below + "/{id}", $"delete_policy_{kind.RuleName}", rules.Delete(QosRuleResource.Delete));
            // Neutron has no policy for packet rate limits by their own id.
            if (kind.Name == "packet_rate_limit") continue;
            var aliases = Verbs(rule.Declare(alias: true));
            var alias = $"v2.0/qos/alias_{kind.RuleName}s/{{id}}";
            Get(alias, $"get_alias_{kind.RuleName}", aliases.Show);
            Change("PUT", alias, $"update_alias_{kind.RuleName}", aliases.Update(rule.Update));
            Change("DELETE", alias, $"delete_alias_{kind.RuleName}", aliases.Delete(QosRuleResource.Delete));
        }
    }

    private void RegisterAgents()
    {
        var agents = Verbs(new AgentResource(parts.Time).Declared);
        Get("v2.0/agents", "get_agent", agents.List);
        Get("v2.0/agents/{id}", "get_agent", agents.Show);
        Change("PUT", "v2.0/agents/{id}", "update_agent", agents.Update(AgentResource.Update));
        var carried = new AgentVerbs(parts.Database, parts.Time, parts.Options.HostName);
        _routes.Delete("v2.0/agents/{id}", "delete_agent", carried.Delete);
        _routes.Get("v2.0/agents/{id}/dhcp-networks", "get_dhcp-networks", carried.NetworksOf);
        _routes.Post("v2.0/agents/{id}/dhcp-networks", "create_dhcp-network", Poking(carried.AddNetwork));
        _routes.Delete("v2.0/agents/{id}/dhcp-networks/{network}", "delete_dhcp-network", Poking(carried.RemoveNetwork));
        _routes.Get("v2.0/agents/{id}/l3-routers", "get_l3-routers", carried.RoutersOf);
        _routes.Post("v2.0/agents/{id}/l3-routers", "create_l3-router", Poking(carried.AddRouter));
        _routes.Delete("v2.0/agents/{id}/l3-routers/{router}", "delete_l3-router", Poking(carried.RemoveRouter));
        _routes.Get("v2.0/networks/{id}/dhcp-agents", "get_dhcp-agents", carried.AgentsOfNetwork);
        _routes.Get("v2.0/routers/{id}/l3-agents", "get_l3-agents", carried.AgentsOfRouter);
    }

    private void RegisterFlavors()
    {
        var flavors = Verbs(FlavorResource.Declared);
        Get("v2.0/flavors", "get_flavor", flavors.List);
        Get("v2.0/flavors/{id}", "get_flavor", flavors.Show);
        Change("POST", "v2.0/flavors", "create_flavor", flavors.Create(FlavorResource.Create));
        Change("PUT", "v2.0/flavors/{id}", "update_flavor", flavors.Update(FlavorResource.Update));
        Change("DELETE", "v2.0/flavors/{id}", "delete_flavor", flavors.Delete(FlavorResource.Delete));
        var profiles = Verbs(ServiceProfileResource.Declared);
        Get("v2.0/service_profiles", "get_service_profile", profiles.List);
        Get("v2.0/service_profiles/{id}", "get_service_profile", profiles.Show);
        Change("POST", "v2.0/service_profiles", "create_service_profile", profiles.Create(ServiceProfileResource.Create));
        Change("PUT", "v2.0/service_profiles/{id}", "update_service_profile", profiles.Update(ServiceProfileResource.Update));
        Change("DELETE", "v2.0/service_profiles/{id}", "delete_service_profile", profiles.Delete(ServiceProfileResource.Delete));
        var both = new FlavorProfiles(parts.Database);
        _routes.Post("v2.0/flavors/{id}/service_profiles", "create_flavor_service_profile", both.Add);
        _routes.Delete("v2.0/flavors/{id}/service_profiles/{profile}", "delete_flavor_service_profile", both.Remove);
    }

    private void RegisterCloud()
    {
        var rbac = Verbs(RbacResource.Declared);
        Get("v2.0/rbac-policies", "get_rbac_policy", rbac.List);
        Get("v2.0/rbac-policies/{id}", "get_rbac_policy", rbac.Show);
        Change("POST", "v2.0/rbac-policies", "create_rbac_policy", rbac.Create(RbacResource.Create));
        Change("PUT", "v2.0/rbac-policies/{id}", "update_rbac_policy", rbac.Update(RbacResource.Update));
        Change("DELETE", "v2.0/rbac-policies/{id}", "delete_rbac_policy", rbac.Delete(RbacResource.Delete));

        var quotas = new QuotaVerbs(parts.Database);
        _routes.Get("v2.0/quotas", "update_quota", quotas.List);
        _routes.Get("v2.0/quotas/tenant", "regular_user", QuotaVerbs.Tenant);
        _routes.Get("v2.0/quotas/project", "regular_user", QuotaVerbs.Tenant);
        _routes.Get("v2.0/quotas/{project}", "get_quota", quotas.Show).ByTarget();
        _routes.Get("v2.0/quotas/{project}/default", "get_quota", quotas.Defaults).ByTarget();
        _routes.Get("v2.0/quotas/{project}/details", "get_quota", quotas.Details).ByTarget();
        _routes.Get("v2.0/quotas/{project}/details.json", "get_quota", quotas.Details).ByTarget();
        _routes.Put("v2.0/quotas/{project}", "update_quota", quotas.Update).ByTarget();
        _routes.Delete("v2.0/quotas/{project}", "delete_quota", quotas.Delete).ByTarget();

        var topology = new AutoTopologyVerbs(parts.Database, parts.Time);
        Change("GET", "v2.0/auto-allocated-topology/{project}", "get_auto_allocated_topology", topology.Show);
        Change("DELETE", "v2.0/auto-allocated-topology/{project}", "delete_auto_allocated_topology", topology.Delete);

        var availability = new IpAvailability(parts.Database);
        _routes.Get("v2.0/network-ip-availabilities", "get_network_ip_availability", availability.List).ByTarget();
        _routes.Get("v2.0/network-ip-availabilities/{id}", "get_network_ip_availability", availability.Show).ByTarget();
        _routes.Get("v2.0/floatingip_pools", "get_floatingip_pool", new FloatingIpPools(parts.Database).List);
        _routes.Get("v2.0/availability_zones", "get_availability_zone", Zones.List);
        _routes.Get("v2.0/service-providers", "get_service_provider", Zones.Providers);
        _routes.Get("v2.0/extensions", "regular_user", Extensions.List);
        _routes.Get("v2.0/extensions/{alias}", "regular_user", Extensions.Show);
    }

    private ResourceVerbs<T> Verbs<T>(Resource<T> resource) where T : class => new(parts.Database, parts.Time, api, resource);

    // Everybody may list; the policy decides about each row.
    private Route Get(string pattern, string policy, Handler handler) => _routes.Get(pattern, policy, handler).ByTarget();

    // Whatever changed rows may have changed what the host shall carry.
    private void Change(string method, string pattern, string policy, Handler handler) => _routes.Add(method, pattern, policy, Poking(handler)).ByTarget();

    private Handler Poking(Handler handler) => async request =>
    {
        var reply = await handler(request);
        poke();
        return reply;
    };
}
