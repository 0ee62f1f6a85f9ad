using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Identity.Catalog;
using Cumulet.ControlPlane.Identity.Consumers;
using Cumulet.ControlPlane.Identity.Credentials;
using Cumulet.ControlPlane.Identity.Delegation;
using Cumulet.ControlPlane.Identity.DomainConfig;
using Cumulet.ControlPlane.Identity.Groups;
using Cumulet.ControlPlane.Identity.Limits;
using Cumulet.ControlPlane.Identity.Policies;
using Cumulet.ControlPlane.Identity.Projects;
using Cumulet.ControlPlane.Identity.Roles;
using Cumulet.ControlPlane.Identity.Tokens;
using Cumulet.ControlPlane.Identity.Users;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity;

/// <summary>The table of contents of the Identity API: every URL with its policy.</summary>
internal static class IdentityRoutes
{
    public static void AddTo(RouteTable routes, IdentityParts parts, IReadOnlyList<Action<Tx, string>> onProjectDelete)
    {
        routes.Open("GET", "", IdentityVersions.List);
        routes.Open("GET", "v3", IdentityVersions.Show);
        var login = new Login(parts);
        AddTokens(routes, parts, login);
        AddProjects(routes, parts, onProjectDelete);
        AddUsers(routes, parts, login);
        AddRoles(routes, parts);
        AddGrants(routes, parts);
        AddCatalog(routes, parts);
        AddDelegation(routes, parts);
        AddCredentials(routes, parts);
        AddLimits(routes, parts);
        AddEndpointFilter(routes, parts);
        AddDomainConfig(routes, parts);
        AddPolicies(routes, parts);
    }

    private static void AddTokens(RouteTable routes, IdentityParts parts, Login login)
    {
        var show = new ShowToken(parts);
        var passcodes = new Passcodes(parts, new CredentialStore(parts.Seal));
        routes.Open("POST", "v3/auth/tokens", new IssueToken(parts, login, passcodes, new AuthReceipts(parts)).Handle);
        routes.Get("v3/auth/tokens", "identity:validate_token", show.Get).ByTarget();
        routes.Head("v3/auth/tokens", "identity:check_token", show.Head).ByTarget();
        routes.Delete("v3/auth/tokens", "identity:revoke_token", show.Delete).ByTarget();
        routes.Get("v3/auth/catalog", "identity:get_auth_catalog", new ShowCatalog(parts).Handle);
        var scopes = new ScopeRoutes(parts);
        routes.Get("v3/auth/projects", "identity:get_auth_projects", scopes.Projects);
        routes.Get("v3/auth/domains", "identity:get_auth_domains", scopes.Domains);
        routes.Get("v3/auth/system", "identity:get_auth_system", scopes.System);
        routes.Get("v3/OS-FEDERATION/projects", "identity:get_auth_projects", scopes.Projects);
        routes.Get("v3/OS-FEDERATION/domains", "identity:get_auth_domains", scopes.Domains);
        routes.Get("v3/users/{user}/projects", "identity:list_user_projects", scopes.OfUser).ByTarget();
    }

    private static void AddProjects(RouteTable routes, IdentityParts parts, IReadOnlyList<Action<Tx, string>> onProjectDelete)
    {
        var projects = new ProjectRoutes(parts, onProjectDelete);
        routes.Get("v3/projects", "identity:list_projects", projects.List).ByTarget();
        routes.Post("v3/projects", "identity:create_project", projects.Create).ByTarget();
        routes.Get("v3/projects/{project}", "identity:get_project", projects.Show).ByTarget();
        routes.Patch("v3/projects/{project}", "identity:update_project", projects.Update).ByTarget();
        routes.Delete("v3/projects/{project}", "identity:delete_project", projects.Delete).ByTarget();

        var tags = new TagRoutes(parts);
        routes.Get("v3/projects/{project}/tags", "identity:list_project_tags", tags.List).ByTarget();
        routes.Put("v3/projects/{project}/tags", "identity:update_project_tags", tags.Replace).ByTarget();
        routes.Delete("v3/projects/{project}/tags", "identity:delete_project_tags", tags.Clear).ByTarget();
        routes.Get("v3/projects/{project}/tags/{tag}", "identity:get_project_tag", tags.Show).ByTarget();
        routes.Put("v3/projects/{project}/tags/{tag}", "identity:create_project_tag", tags.Add).ByTarget();
        routes.Delete("v3/projects/{project}/tags/{tag}", "identity:delete_project_tag", tags.Remove).ByTarget();

        var domains = new DomainRoutes(parts, onProjectDelete);
        routes.Get("v3/domains", "identity:list_domains", domains.List).ByTarget();
        routes.Post("v3/domains", "identity:create_domain", domains.Create);
        routes.Get("v3/domains/{domain}", "identity:get_domain", domains.Show).ByTarget();
        routes.Patch("v3/domains/{domain}", "identity:update_domain", domains.Update);
        routes.Delete("v3/domains/{domain}", "identity:delete_domain", domains.Delete);
    }

    private static void AddUsers(RouteTable routes, IdentityParts parts, Login login)
    {
        var users = new UserRoutes(parts, new PasswordChange(parts), login);
        routes.Get("v3/users", "identity:list_users", users.List).ByTarget();
        routes.Post("v3/users", "identity:create_user", users.Create).ByTarget();
        routes.Get("v3/users/{user}", "identity:get_user", users.Show).ByTarget();
        routes.Patch("v3/users/{user}", "identity:update_user", users.Update).ByTarget();
        routes.Delete("v3/users/{user}", "identity:delete_user", users.Delete).ByTarget();
        routes.Open("POST", "v3/users/{user}/password", users.ChangePassword);

        var groups = new GroupRoutes(parts);
        routes.Get("v3/users/{user}/groups", "identity:list_groups_for_user", groups.ListOfUser).ByTarget();
        routes.Get("v3/groups", "identity:list_groups", groups.List).ByTarget();
        routes.Post("v3/groups", "identity:create_group", groups.Create).ByTarget();
        routes.Get("v3/groups/{group}", "identity:get_group", groups.Show).ByTarget();
        routes.Patch("v3/groups/{group}", "identity:update_group", groups.Update).ByTarget();
        routes.Delete("v3/groups/{group}", "identity:delete_group", groups.Delete).ByTarget();
        routes.Get("v3/groups/{group}/users", "identity:list_users_in_group", groups.ListMembers).ByTarget();
        routes.Get("v3/groups/{group}/users/{user}", "identity:check_user_in_group", groups.CheckMember).ByTarget();
        routes.Put("v3/groups/{group}/users/{user}", "identity:add_user_to_group", groups.AddMember).ByTarget();
        routes.Delete("v3/groups/{group}/users/{user}", "identity:remove_user_from_group", groups.RemoveMember).ByTarget();
    }

    private static void AddRoles(RouteTable routes, IdentityParts parts)
    {
        var roles = new RoleRoutes(parts);
        routes.Get("v3/roles", "identity:list_roles", roles.List).ByTarget();
        routes.Post("v3/roles", "identity:create_role", roles.Create).ByTarget();
        routes.Get("v3/roles/{role}", "identity:get_role", roles.Show).ByTarget();
        routes.Patch("v3/roles/{role}", "identity:update_role", roles.Update).ByTarget();
        routes.Delete("v3/roles/{role}", "identity:delete_role", roles.Delete).ByTarget();

        var inferences = new InferenceRoutes(parts);
        routes.Get("v3/role_inferences", "identity:list_role_inference_rules", inferences.ListAll);
        routes.Get("v3/roles/{role}/implies", "identity:list_implied_roles", inferences.List);
        routes.Get("v3/roles/{role}/implies/{implied}", "identity:get_implied_role", inferences.Show);
        routes.Head("v3/roles/{role}/implies/{implied}", "identity:check_implied_role", inferences.Check);
        routes.Put("v3/roles/{role}/implies/{implied}", "identity:create_implied_role", inferences.Create);
        routes.Delete("v3/roles/{role}/implies/{implied}", "identity:delete_implied_role", inferences.Delete);

        routes.Get("v3/role_assignments", "identity:list_role_assignments", new ListAssignments(parts).Handle).ByTarget();
    }

    private static void AddGrants(RouteTable routes, IdentityParts parts)
    {
        foreach (var actor in (ActorKind[])[ActorKind.User, ActorKind.Group])
        {
            var name = AssignmentStore.Text(actor);
            AddGrants(routes, $"v3/projects/{{project}}/{name}s/{{{name}}}/roles", "", new GrantRoutes(parts, TargetKind.Project, actor, inherited: false));
            AddGrants(routes, $"v3/domains/{{domain}}/{name}s/{{{name}}}/roles", "", new GrantRoutes(parts, TargetKind.Domain, actor, inherited: false));
            const string Inherit = "v3/OS-INHERIT";
            AddGrants(routes, $"{Inherit}/projects/{{project}}/{name}s/{{{name}}}/roles", "/inherited_to_projects",
                new GrantRoutes(parts, TargetKind.Project, actor, inherited: true));
            AddGrants(routes, $"{Inherit}/domains/{{domain}}/{name}s/{{{name}}}/roles", "/inherited_to_projects",
                new GrantRoutes(parts, TargetKind.Domain, actor, inherited: true));

            var system = new GrantRoutes(parts, TargetKind.System, actor, inherited: false);
            var path = $"v3/system/{name}s/{{{name}}}/roles";
            routes.Get(path, $"identity:list_system_grants_for_{name}", system.List).ByTarget();
            routes.Get($"{path}/{{role}}", $"identity:check_system_grant_for_{name}", system.Check).ByTarget();
            routes.Put($"{path}/{{role}}", $"identity:create_system_grant_for_{name}", system.Give).ByTarget();
            routes.Delete($"{path}/{{role}}", $"identity:revoke_system_grant_for_{name}", system.Take).ByTarget();
        }
    }

    private static void AddGrants(RouteTable routes, string path, string end, GrantRoutes grants)
    {
        routes.Get($"{path}{end}", "identity:list_grants", grants.List).ByTarget();
        routes.Get($"{path}/{{role}}{end}", "identity:check_grant", grants.Check).ByTarget();
        routes.Put($"{path}/{{role}}{end}", "identity:create_grant", grants.Give).ByTarget();
        routes.Delete($"{path}/{{role}}{end}", "identity:revoke_grant", grants.Take).ByTarget();
    }

    private static void AddCatalog(RouteTable routes, IdentityParts parts)
    {
        var regions = new RegionRoutes(parts);
        routes.Get("v3/regions", "identity:list_regions", regions.List);
        routes.Post("v3/regions", "identity:create_region", regions.Create);
        routes.Get("v3/regions/{region}", "identity:get_region", regions.Show);
        routes.Put("v3/regions/{region}", "identity:create_region", regions.Put);
        routes.Patch("v3/regions/{region}", "identity:update_region", regions.Update);
        routes.Delete("v3/regions/{region}", "identity:delete_region", regions.Delete);

        var services = new ServiceRoutes(parts);
        routes.Get("v3/services", "identity:list_services", services.List);
        routes.Post("v3/services", "identity:create_service", services.Create);
        routes.Get("v3/services/{service}", "identity:get_service", services.Show);
        routes.Patch("v3/services/{service}", "identity:update_service", services.Update);
        routes.Delete("v3/services/{service}", "identity:delete_service", services.Delete);

        var endpoints = new EndpointRoutes(parts);
        routes.Get("v3/endpoints", "identity:list_endpoints", endpoints.List);
        routes.Post("v3/endpoints", "identity:create_endpoint", endpoints.Create);
        routes.Get("v3/endpoints/{endpoint}", "identity:get_endpoint", endpoints.Show);
        routes.Patch("v3/endpoints/{endpoint}", "identity:update_endpoint", endpoints.Update);
        routes.Delete("v3/endpoints/{endpoint}", "identity:delete_endpoint", endpoints.Delete);
    }

    private static void AddDelegation(RouteTable routes, IdentityParts parts)
    {
        var credentials = new ApplicationCredentialRoutes(parts);
        const string Path = "v3/users/{user}/application_credentials";
        routes.Get(Path, "identity:list_application_credentials", credentials.List).ByTarget();
        routes.Post(Path, "identity:create_application_credential", credentials.Create).ByTarget();
        routes.Get(Path + "/{credential}", "identity:get_application_credential", credentials.Show).ByTarget();
        routes.Delete(Path + "/{credential}", "identity:delete_application_credential", credentials.Delete).ByTarget();
        routes.Get("v3/users/{user}/access_rules", "identity:list_access_rules", credentials.ListRules).ByTarget();
        routes.Get("v3/users/{user}/access_rules/{rule}", "identity:get_access_rule", credentials.ShowRule).ByTarget();
        routes.Delete("v3/users/{user}/access_rules/{rule}", "identity:delete_access_rule", credentials.DeleteRule).ByTarget();

        var trusts = new TrustRoutes(parts);
        routes.Get("v3/OS-TRUST/trusts", "identity:list_trusts", trusts.List).ByTarget();
        routes.Post("v3/OS-TRUST/trusts", "identity:create_trust", trusts.Create).ByTarget();
        routes.Get("v3/OS-TRUST/trusts/{trust}", "identity:get_trust", trusts.Show).ByTarget();
        routes.Delete("v3/OS-TRUST/trusts/{trust}", "identity:delete_trust", trusts.Delete).ByTarget();
        routes.Get("v3/OS-TRUST/trusts/{trust}/roles", "identity:list_roles_for_trust", trusts.ListRoles).ByTarget();
        routes.Get("v3/OS-TRUST/trusts/{trust}/roles/{role}", "identity:get_role_for_trust", trusts.ShowRole).ByTarget();
    }

    private static void AddCredentials(RouteTable routes, IdentityParts parts)
    {
        var store = new CredentialStore(parts.Seal);
        var credentials = new CredentialRoutes(parts, store);
        routes.Get("v3/credentials", "identity:list_credentials", credentials.List).ByTarget();
        routes.Post("v3/credentials", "identity:create_credential", credentials.Create).ByTarget();
        routes.Get("v3/credentials/{credential}", "identity:get_credential", credentials.Show).ByTarget();
        routes.Patch("v3/credentials/{credential}", "identity:update_credential", credentials.Update).ByTarget();
        routes.Delete("v3/credentials/{credential}", "identity:delete_credential", credentials.Delete).ByTarget();

        var ec2 = new Ec2Routes(parts, store);
        var tokens = new Ec2Tokens(parts, store);
        routes.Post("v3/ec2tokens", "identity:ec2tokens_validate", tokens.Ec2);
        routes.Post("v3/s3tokens", "identity:s3tokens_validate", tokens.S3);
        const string Path = "v3/users/{user}/credentials/OS-EC2";
        routes.Get(Path, "identity:ec2_list_credentials", ec2.List).ByTarget();
        routes.Post(Path, "identity:ec2_create_credential", ec2.Create).ByTarget();
        routes.Get(Path + "/{credential}", "identity:ec2_get_credential", ec2.Show).ByTarget();
        routes.Delete(Path + "/{credential}", "identity:ec2_delete_credential", ec2.Delete).ByTarget();
    }

    private static void AddLimits(RouteTable routes, IdentityParts parts)
    {
        var registered = new RegisteredLimitRoutes(parts);
        routes.Get("v3/registered_limits", "identity:list_registered_limits", registered.List);
        routes.Post("v3/registered_limits", "identity:create_registered_limits", registered.Create);
        routes.Get("v3/registered_limits/{limit}", "identity:get_registered_limit", registered.Show);
        routes.Patch("v3/registered_limits/{limit}", "identity:update_registered_limit", registered.Update);
        routes.Delete("v3/registered_limits/{limit}", "identity:delete_registered_limit", registered.Delete);

        var limits = new LimitRoutes(parts);
        routes.Get("v3/limits/model", "identity:get_limit_model", limits.Model);
        routes.Get("v3/limits", "identity:list_limits", limits.List);
        routes.Post("v3/limits", "identity:create_limits", limits.Create);
        routes.Get("v3/limits/{limit}", "identity:get_limit", limits.Show).ByTarget();
        routes.Patch("v3/limits/{limit}", "identity:update_limit", limits.Update);
        routes.Delete("v3/limits/{limit}", "identity:delete_limit", limits.Delete);
    }

    private static void AddEndpointFilter(RouteTable routes, IdentityParts parts)
    {
        const string Root = "v3/OS-EP-FILTER";
        var groups = new EndpointGroupRoutes(parts);
        const string Group = Root + "/endpoint_groups/{group}";
        routes.Get(Root + "/endpoint_groups", "identity:list_endpoint_groups", groups.List);
        routes.Post(Root + "/endpoint_groups", "identity:create_endpoint_group", groups.Create);
        routes.Get(Group, "identity:get_endpoint_group", groups.Show);
        routes.Patch(Group, "identity:update_endpoint_group", groups.Update);
        routes.Delete(Group, "identity:delete_endpoint_group", groups.Delete);
        routes.Get(Group + "/endpoints", "identity:list_endpoints_associated_with_endpoint_group", groups.ListEndpoints);
        routes.Get(Group + "/projects", "identity:list_projects_associated_with_endpoint_group", groups.ListProjects);
        routes.Get(Group + "/projects/{project}", "identity:get_endpoint_group_in_project", groups.ShowProject);
        routes.Put(Group + "/projects/{project}", "identity:add_endpoint_group_to_project", groups.AddProject);
        routes.Delete(Group + "/projects/{project}", "identity:remove_endpoint_group_from_project", groups.RemoveProject);
        routes.Get(Root + "/projects/{project}/endpoint_groups", "identity:list_endpoint_groups_for_project", groups.ListOfProject);

        var filter = new EndpointFilterRoutes(parts);
        routes.Get(Root + "/projects/{project}/endpoints", "identity:list_endpoints_for_project", filter.ListEndpoints);
        routes.Get(Root + "/endpoints/{endpoint}/projects", "identity:list_projects_for_endpoint", filter.ListProjects);
        routes.Get(Root + "/projects/{project}/endpoints/{endpoint}", "identity:check_endpoint_in_project", filter.Check);
        routes.Put(Root + "/projects/{project}/endpoints/{endpoint}", "identity:add_endpoint_to_project", filter.Add);
        routes.Delete(Root + "/projects/{project}/endpoints/{endpoint}", "identity:remove_endpoint_from_project", filter.Remove);
    }

    private static void AddDomainConfig(RouteTable routes, IdentityParts parts)
    {
        var config = new DomainConfigRoutes(parts);
        routes.Get("v3/domains/config/default", "identity:get_domain_config_default", config.Default);
        routes.Get("v3/domains/config/{group}/default", "identity:get_domain_config_default", config.DefaultGroup);
        routes.Get("v3/domains/config/{group}/{option}/default", "identity:get_domain_config_default", config.DefaultOption);

        const string Root = "v3/domains/{domain}/config";
        routes.Get(Root, "identity:get_domain_config", config.Show);
        routes.Put(Root, "identity:create_domain_config", config.Create);
        routes.Patch(Root, "identity:update_domain_config", config.Update);
        routes.Delete(Root, "identity:delete_domain_config", config.Delete);
        routes.Get(Root + "/{group}", "identity:get_domain_config", config.ShowGroup);
        routes.Patch(Root + "/{group}", "identity:update_domain_config", config.UpdateGroup);
        routes.Delete(Root + "/{group}", "identity:delete_domain_config", config.DeleteGroup);
        routes.Get(Root + "/{group}/{option}", "identity:get_domain_config", config.ShowOption);
        routes.Patch(Root + "/{group}/{option}", "identity:update_domain_config", config.UpdateOption);
        routes.Delete(Root + "/{group}/{option}", "identity:delete_domain_config", config.DeleteOption);
    }

    private static void AddPolicies(RouteTable routes, IdentityParts parts)
    {
        var policies = new PolicyRoutes(parts);
        routes.Get("v3/policies", "identity:list_policies", policies.List);
        routes.Post("v3/policies", "identity:create_policy", policies.Create);
        routes.Get("v3/policies/{policy}", "identity:get_policy", policies.Show);
        routes.Patch("v3/policies/{policy}", "identity:update_policy", policies.Update);
        routes.Delete("v3/policies/{policy}", "identity:delete_policy", policies.Delete);

        const string Association = "v3/policies/{policy}/OS-ENDPOINT-POLICY";
        var associations = new EndpointPolicyRoutes(parts);
        routes.Get("v3/endpoints/{endpoint}/OS-ENDPOINT-POLICY/policy", "identity:get_policy_for_endpoint", associations.OfEndpoint);
        routes.Get(Association + "/endpoints", "identity:list_endpoints_for_policy", associations.Endpoints);
        AddAssociation("endpoint", Association + "/endpoints/{endpoint}");
        AddAssociation("service", Association + "/services/{service}");
        AddAssociation("region_and_service", Association + "/services/{service}/regions/{region}");

        var consumers = new ConsumerRoutes(parts);
        routes.Get("v3/OS-OAUTH1/consumers", "identity:list_consumers", consumers.List);
        routes.Post("v3/OS-OAUTH1/consumers", "identity:create_consumer", consumers.Create);
        routes.Get("v3/OS-OAUTH1/consumers/{consumer}", "identity:get_consumer", consumers.Show);
        routes.Patch("v3/OS-OAUTH1/consumers/{consumer}", "identity:update_consumer", consumers.Update);
        routes.Delete("v3/OS-OAUTH1/consumers/{consumer}", "identity:delete_consumer", consumers.Delete);

        void AddAssociation(string kind, string path)
        {
            routes.Get(path, $"identity:check_policy_association_for_{kind}", associations.Check);
            routes.Put(path, $"identity:create_policy_association_for_{kind}", associations.Create);
            routes.Delete(path, $"identity:delete_policy_association_for_{kind}", associations.Delete);
        }
    }
}
