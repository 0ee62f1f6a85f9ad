using Cumulet.Cli.Identity.ApplicationCredentials;
using Cumulet.Cli.Identity.Catalog;
using Cumulet.Cli.Identity.Domains;
using Cumulet.Cli.Identity.Endpoints;
using Cumulet.Cli.Identity.Groups;
using Cumulet.Cli.Identity.Projects;
using Cumulet.Cli.Identity.Regions;
using Cumulet.Cli.Identity.Roles;
using Cumulet.Cli.Identity.Services;
using Cumulet.Cli.Identity.Tokens;
using Cumulet.Cli.Identity.Users;

namespace Cumulet.Cli.Commands;

static partial class CommandTable
{
    private static readonly CommandEntry[] Identity =
    [
        new("application credential create", syntax => new ApplicationCredentialCreate(syntax)),
        new("application credential delete", syntax => new ApplicationCredentialDelete(syntax)),
        new("application credential list", syntax => new ApplicationCredentialList(syntax)),
        new("application credential show", syntax => new ApplicationCredentialShow(syntax)),
        new("catalog list", syntax => new CatalogList(syntax)),
        new("catalog show", syntax => new CatalogShow(syntax)),
        new("domain create", syntax => new DomainCreate(syntax)),
        new("domain delete", syntax => new DomainDelete(syntax)),
        new("domain list", syntax => new DomainList(syntax)),
        new("domain set", syntax => new DomainSet(syntax)),
        new("domain show", syntax => new DomainShow(syntax)),
        new("endpoint create", syntax => new EndpointCreate(syntax)),
        new("endpoint delete", syntax => new EndpointDelete(syntax)),
        new("endpoint list", syntax => new EndpointList(syntax)),
        new("endpoint set", syntax => new EndpointSet(syntax)),
        new("endpoint show", syntax => new EndpointShow(syntax)),
        new("group add user", syntax => new GroupAddUser(syntax)),
        new("group create", syntax => new GroupCreate(syntax)),
        new("group delete", syntax => new GroupDelete(syntax)),
        new("group list", syntax => new GroupList(syntax)),
        new("group remove user", syntax => new GroupRemoveUser(syntax)),
        new("group show", syntax => new GroupShow(syntax)),
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
        new("user create", syntax => new UserCreate(syntax)),
        new("user delete", syntax => new UserDelete(syntax)),
        new("user list", syntax => new UserList(syntax)),
        new("user password set", syntax => new UserPasswordSet(syntax)),
        new("user set", syntax => new UserSet(syntax)),
        new("user show", syntax => new UserShow(syntax)),
    ];
}
