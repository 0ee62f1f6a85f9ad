using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.AddressGroups;
using Cumulet.ControlPlane.Networking.AddressScopes;
using Cumulet.ControlPlane.Networking.Agents;
using Cumulet.ControlPlane.Networking.AutoTopology;
using Cumulet.ControlPlane.Networking.Flavors;
using Cumulet.ControlPlane.Networking.FloatingIps;
using Cumulet.ControlPlane.Networking.Metering;
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
        RegisterMetering();
        RegisterFlavors();
        RegisterCloud();
    }

    private void RegisterNetworks()
    {
        Serve("v2.0/networks", NetworkResource.Declared, CreateNetwork.Run, UpdateNetwork.Run, DeleteNetwork.Run, remembered: true);
        Serve("v2.0/subnets", SubnetResource.Declared, CreateSubnet.Run, UpdateSubnet.Run, DeleteSubnet.Run,
            CreateSubnet.Target, remembered: true);
    }

    private void RegisterPorts()
    {
        var deletion = new PortDeletion(parts.Time);
        Serve("v2.0/ports", PortResource.Declared, CreatePort.Run, UpdatePort.Run, removal => DeletePort.Run(removal, deletion),
            CreatePort.Target, UpdatePort.Target, remembered: true);

        var bindings = new PortBindings(parts.Database, parts.Time, parts.Options.HostName);
        Get("v2.0/ports/{id}/bindings", "get_port_binding", bindings.List);
        Change("POST", "v2.0/ports/{id}/bindings", "create_port_binding", bindings.Create);
        Change("PUT", "v2.0/ports/{id}/bindings/{host}", "create_port_binding", bindings.Update);
        Change("DELETE", "v2.0/ports/{id}/bindings/{host}", "delete_port_binding", bindings.Delete);
        Change("PUT", "v2.0/ports/{id}/bindings/{host}/activate", "activate", bindings.Activate);
    }

    private void RegisterSecurityGroups()
    {
        var lazily = new DefaultSecurityGroup(parts.Database, parts.Time);
        Serve("v2.0/security-groups", SecurityGroupResource.Declared, SecurityGroupResource.Create, SecurityGroupResource.Update,
            SecurityGroupResource.Delete, listed: lazily.Before);
        Serve("v2.0/security-group-rules", SecurityGroupRuleResource.Declared, CreateSecurityGroupRule.Run, null,
            SecurityGroupRuleResource.Delete, CreateSecurityGroupRule.Target, listed: lazily.Before);
        Serve("v2.0/default-security-group-rules", DefaultRuleResource.Declared, DefaultRuleResource.Create, null,
            DefaultRuleResource.Delete);
        var addresses = Serve("v2.0/address-groups", AddressGroupResource.Declared, AddressGroupResource.Create,
            AddressGroupResource.Update, AddressGroupResource.Delete);
        Change("PUT", "v2.0/address-groups/{id}/add_addresses", "add_addresses",
            addresses.MemberShowing(AddressGroupResource.AddAddresses));
        Change("PUT", "v2.0/address-groups/{id}/remove_addresses", "remove_addresses",
            addresses.MemberShowing(AddressGroupResource.RemoveAddresses));
    }

    private void RegisterRouters()
    {
        var routers = Serve("v2.0/routers", RouterResource.Declared, CreateRouter.Run, UpdateRouter.Run, DeleteRouter.Run,
            remembered: true);
        Change("PUT", "v2.0/routers/{id}/add_router_interface", "add_router_interface", routers.Member(RouterInterfaces.Add));
        Change("PUT", "v2.0/routers/{id}/remove_router_interface", "remove_router_interface", routers.Member(RouterInterfaces.Remove));
        Change("PUT", "v2.0/routers/{id}/add_extraroutes", "add_extraroutes", routers.MemberShowing(RouterRoutes.Add));
        Change("PUT", "v2.0/routers/{id}/remove_extraroutes", "remove_extraroutes", routers.MemberShowing(RouterRoutes.Remove));

        Serve("v2.0/floatingips", FloatingIpResource.Declared, CreateFloatingIp.Run, UpdateFloatingIp.Run,
            DeleteFloatingIp.Run, remembered: true);
        Serve("v2.0/floatingips/{floatingip}/port_forwardings", PortForwardingResource.Declared, PortForwardingResource.Create,
            PortForwardingResource.Update, PortForwardingResource.Delete, PortForwardingResource.TargetOfNew);
    }

    private void RegisterPools()
    {
        var pools = Serve("v2.0/subnetpools", SubnetPoolResource.Declared, SubnetPoolResource.Create,
            SubnetPoolResource.Update, SubnetPoolResource.Delete);
        Change("PUT", "v2.0/subnetpools/{id}/add_prefixes", "add_prefixes", pools.Member(SubnetPoolResource.AddPrefixes));
        Change("PUT", "v2.0/subnetpools/{id}/remove_prefixes", "remove_prefixes", pools.Member(SubnetPoolResource.RemovePrefixes));
        Serve("v2.0/address-scopes", AddressScopeResource.Declared, AddressScopeResource.Create,
            AddressScopeResource.Update, AddressScopeResource.Delete);
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
        Serve("v2.0/qos/policies", QosPolicyResource.Declared, QosPolicyResource.Create, QosPolicyResource.Update,
            QosPolicyResource.Delete);
        _routes.Get("v2.0/qos/rule-types", "get_rule_type", QosRuleTypes.List);
        _routes.Get("v2.0/qos/rule-types/{type}", "get_rule_type", QosRuleTypes.Show);
        foreach (var kind in QosRuleKind.All)
        {
            var rule = new QosRuleResource(kind);
            Serve($"v2.0/qos/policies/{{policy}}/{kind.RuleName}s", rule.Declare(alias: false), rule.Create, rule.Update,
                QosRuleResource.Delete,
                QosRuleResource.TargetOfNew);
            // Neutron has no policy for packet rate limits by their own id.
            if (kind.Name == "packet_rate_limit") continue;
            var aliases = Verbs(rule.Declare(alias: true));
            var alias = $"v2.0/qos/alias_{kind.RuleName}s/{{id}}";
            Get(alias, $"get_alias_{kind.RuleName}", aliases.Show);
            Change("PUT", alias, $"update_alias_{kind.RuleName}", aliases.Update(rule.Update));
            Change("DELETE", alias, $"delete_alias_{kind.RuleName}", aliases.Delete(QosRuleResource.Delete));
        }
    }

    private void RegisterMetering()
    {
        Serve("v2.0/metering/metering-labels", MeteringLabelResource.Declared, MeteringLabelResource.Create, null, MeteringLabelResource.Delete);
        Serve("v2.0/metering/metering-label-rules", MeteringRuleResource.Declared, MeteringRuleResource.Create, null, MeteringRuleResource.Delete);
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
        Serve("v2.0/flavors", FlavorResource.Declared, FlavorResource.Create, FlavorResource.Update, FlavorResource.Delete);
        Serve("v2.0/service_profiles", ServiceProfileResource.Declared, ServiceProfileResource.Create, ServiceProfileResource.Update,
            ServiceProfileResource.Delete);
        var both = new FlavorProfiles(parts.Database);
        _routes.Post("v2.0/flavors/{id}/service_profiles", "create_flavor_service_profile", both.Add);
        _routes.Delete("v2.0/flavors/{id}/service_profiles/{profile}", "delete_flavor_service_profile", both.Remove);
    }

    private void RegisterCloud()
    {
        Serve("v2.0/rbac-policies", RbacResource.Declared, RbacResource.Create, RbacResource.Update, RbacResource.Delete);

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
        _routes.Get("v2.0/service-providers", "get_service_provider", RouterProvider.List);
        _routes.Get("v2.0/extensions", "regular_user", Extensions.List);
        _routes.Get("v2.0/extensions/{alias}", "regular_user", Extensions.Show);
    }

    private ResourceVerbs<T> Verbs<T>(Resource<T> resource) where T : class => new(parts.Database, parts.Time, api, resource);

    /// <summary>The verbs of a kind under its path, each with the policy that is named after it.</summary>
    /// <param name="remembered">The list is one of those that are asked for all the time.</param>
    /// <param name="listed">What is done before the list.</param>
    private ResourceVerbs<T> Serve<T>(
        string path, Resource<T> kind, Func<Creation, T> create, Func<Change<T>, T>? update, Action<Removal<T>> delete,
        Func<Creation, PolicyTarget>? createTarget = null, Func<Change<T>, PolicyTarget>? updateTarget = null,
        bool remembered = false, Func<Handler, Handler>? listed = null) where T : class
    {
        var (verbs, policy) = (Verbs(kind), kind.PolicyName ?? kind.Name);
        var list = Get(path, $"get_{policy}", listed?.Invoke(verbs.List) ?? verbs.List);
        if (remembered) list.FromRows();
        Get(path + "/{id}", $"get_{policy}", verbs.Show);
        Change("POST", path, $"create_{policy}", verbs.Create(create, createTarget));
        if (update is not null) Change("PUT", path + "/{id}", $"update_{policy}", verbs.Update(update, updateTarget));
        Change("DELETE", path + "/{id}", $"delete_{policy}", verbs.Delete(delete));
        return verbs;
    }

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
