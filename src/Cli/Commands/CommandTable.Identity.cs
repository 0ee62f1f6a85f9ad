using Cumulet.Cli.Identity.AccessRules;
using Cumulet.Cli.Identity.ApplicationCredentials;
using Cumulet.Cli.Identity.Catalog;
using Cumulet.Cli.Identity.Credentials;
using Cumulet.Cli.Identity.Domains;
using Cumulet.Cli.Identity.Ec2Credentials;
using Cumulet.Cli.Identity.EndpointGroups;
using Cumulet.Cli.Identity.Endpoints;
using Cumulet.Cli.Identity.Groups;
using Cumulet.Cli.Identity.ImpliedRoles;
using Cumulet.Cli.Identity.Limits;
using Cumulet.Cli.Identity.Policies;
using Cumulet.Cli.Identity.Projects;
using Cumulet.Cli.Identity.Regions;
using Cumulet.Cli.Identity.RegisteredLimits;
using Cumulet.Cli.Identity.Roles;
using Cumulet.Cli.Identity.Services;
using Cumulet.Cli.Identity.Tokens;
using Cumulet.Cli.Identity.Trusts;
using Cumulet.Cli.Identity.Users;

namespace Cumulet.Cli.Commands;

static partial class CommandTable
{
    private static readonly CommandEntry[] Identity =
    [
        new("access rule delete", syntax => new AccessRuleDelete(syntax)),
        new("access rule list", syntax => new AccessRuleList(syntax)),
        new("access rule show", syntax => new AccessRuleShow(syntax)),
        new("application credential create", syntax => new ApplicationCredentialCreate(syntax)),
        new("application credential delete", syntax => new ApplicationCredentialDelete(syntax)),
        new("application credential list", syntax => new ApplicationCredentialList(syntax)),
        new("application credential show", syntax => new ApplicationCredentialShow(syntax)),
        new("catalog list", syntax => new CatalogList(syntax)),
        new("catalog show", syntax => new CatalogShow(syntax)),
        new("credential create", syntax => new CredentialCreate(syntax)),
        new("credential delete", syntax => new CredentialDelete(syntax)),
        new("credential list", syntax => new CredentialList(syntax)),
        new("credential set", syntax => new CredentialSet(syntax)),
        new("credential show", syntax => new CredentialShow(syntax)),
        new("domain create", syntax => new DomainCreate(syntax)),
        new("domain delete", syntax => new DomainDelete(syntax)),
        new("domain list", syntax => new DomainList(syntax)),
        new("domain set", syntax => new DomainSet(syntax)),
        new("domain show", syntax => new DomainShow(syntax)),
        new("ec2 credentials create", syntax => new Ec2CredentialsCreate(syntax)),
        new("ec2 credentials delete", syntax => new Ec2CredentialsDelete(syntax)),
        new("ec2 credentials list", syntax => new Ec2CredentialsList(syntax)),
        new("ec2 credentials show", syntax => new Ec2CredentialsShow(syntax)),
        new("endpoint add project", syntax => new EndpointAddProject(syntax)),
        new("endpoint create", syntax => new EndpointCreate(syntax)),
        new("endpoint delete", syntax => new EndpointDelete(syntax)),
        new("endpoint group add project", syntax => new EndpointGroupAddProject(syntax)),
        new("endpoint group create", syntax => new EndpointGroupCreate(syntax)),
        new("endpoint group delete", syntax => new EndpointGroupDelete(syntax)),
        new("endpoint group list", syntax => new EndpointGroupList(syntax)),
        new("endpoint group remove project", syntax => new EndpointGroupRemoveProject(syntax)),
        new("endpoint group set", syntax => new EndpointGroupSet(syntax)),
        new("endpoint group show", syntax => new EndpointGroupShow(syntax)),
        new("endpoint list", syntax => new EndpointList(syntax)),
        new("endpoint remove project", syntax => new EndpointRemoveProject(syntax)),
        new("endpoint set", syntax => new EndpointSet(syntax)),
        new("endpoint show", syntax => new EndpointShow(syntax)),
        new("group add user", syntax => new GroupAddUser(syntax)),
        new("group contains user", syntax => new GroupContainsUser(syntax)),
        new("group create", syntax => new GroupCreate(syntax)),
        new("group delete", syntax => new GroupDelete(syntax)),
        new("group list", syntax => new GroupList(syntax)),
        new("group remove user", syntax => new GroupRemoveUser(syntax)),
        new("group set", syntax => new GroupSet(syntax)),
        new("group show", syntax => new GroupShow(syntax)),
        new("implied role create", syntax => new ImpliedRoleCreate(syntax)),
        new("implied role delete", syntax => new ImpliedRoleDelete(syntax)),
        new("implied role list", syntax => new ImpliedRoleList(syntax)),
        new("limit create", syntax => new LimitCreate(syntax)),
        new("limit delete", syntax => new LimitDelete(syntax)),
        new("limit list", syntax => new LimitList(syntax)),
        new("limit set", syntax => new LimitSet(syntax)),
        new("limit show", syntax => new LimitShow(syntax)),
        new("policy create", syntax => new PolicyCreate(syntax)),
        new("policy delete", syntax => new PolicyDelete(syntax)),
        new("policy list", syntax => new PolicyList(syntax)),
        new("policy set", syntax => new PolicySet(syntax)),
        new("policy show", syntax => new PolicyShow(syntax)),
        new("project create", syntax => new ProjectCreate(syntax)),
        new("project delete", syntax => new ProjectDelete(syntax)),
        new("project list", syntax => new ProjectList(syntax)),
        new("project set", syntax => new ProjectSet(syntax)),
        new("project show", syntax => new ProjectShow(syntax)),
        new("region create", syntax => new RegionCreate(syntax)),
        new("region delete", syntax => new RegionDelete(syntax)),
        new("region list", syntax => new RegionList(syntax)),
        new("region set", syntax => new RegionSet(syntax)),
        new("region show", syntax => new RegionShow(syntax)),
        new("registered limit create", syntax => new RegisteredLimitCreate(syntax)),
        new("registered limit delete", syntax => new RegisteredLimitDelete(syntax)),
        new("registered limit list", syntax => new RegisteredLimitList(syntax)),
        new("registered limit set", syntax => new RegisteredLimitSet(syntax)),
        new("registered limit show", syntax => new RegisteredLimitShow(syntax)),
        new("role add", syntax => new RoleAdd(syntax)),
        new("role assignment list", syntax => new RoleAssignmentList(syntax)),
        new("role create", syntax => new RoleCreate(syntax)),
        new("role delete", syntax => new RoleDelete(syntax)),
        new("role list", syntax => new RoleList(syntax)),
        new("role remove", syntax => new RoleRemove(syntax)),
        new("role set", syntax => new RoleSet(syntax)),
        new("role show", syntax => new RoleShow(syntax)),
        new("service create", syntax => new ServiceCreate(syntax)),
        new("service delete", syntax => new ServiceDelete(syntax)),
        new("service list", syntax => new ServiceList(syntax)),
        new("service set", syntax => new ServiceSet(syntax)),
        new("service show", syntax => new ServiceShow(syntax)),
        new("token issue", syntax => new TokenIssue(syntax)),
        new("token revoke", syntax => new TokenRevoke(syntax)),
        new("trust create", syntax => new TrustCreate(syntax)),
        new("trust delete", syntax => new TrustDelete(syntax)),
        new("trust list", syntax => new TrustList(syntax)),
        new("trust show", syntax => new TrustShow(syntax)),
        new("user create", syntax => new UserCreate(syntax)),
        new("user delete", syntax => new UserDelete(syntax)),
        new("user list", syntax => new UserList(syntax)),
        new("user password set", syntax => new UserPasswordSet(syntax)),
        new("user set", syntax => new UserSet(syntax)),
        new("user show", syntax => new UserShow(syntax)),
    ];
}
