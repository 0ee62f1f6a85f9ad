using System.Buffers.Text;
using System.Security.Cryptography;
using Cumulet.ControlPlane.Identity.Projects;
using Cumulet.ControlPlane.Identity.Roles;
using Cumulet.ControlPlane.Identity.Users;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Identity;

/// <summary>What a new cloud starts with: the default domain, projects, users, roles and the catalog, in one transaction.</summary>
internal sealed class Bootstrap(Database database, IdentityChanges changes, PasswordHash passwords, TimeProvider time, CloudOptions options)
{
    private const string DefaultDomainId = "default";

    private static readonly (string Type, string Name, string Path)[] Services =
    [
        ("identity", "keystone", "/identity"),
        ("compute", "nova", "/compute/v2.1"),
        ("placement", "placement", "/placement"),
        ("image", "glance", "/image"),
        ("network", "neutron", "/network"),
        // Clients of different ages look for block storage under three names.
        ("block-storage", "cinder", "/volume/v3/$(project_id)s"),
        ("volumev3", "cinderv3", "/volume/v3/$(project_id)s"),
        ("volume", "cinder", "/volume/v3/$(project_id)s"),
    ];

    /// <summary>Makes everything; null where the cloud was started before.</summary>
    public async Task<FirstStart?> Run()
    {
        if (database.Read(IsDone)) return null;
        var (admin, demo) = options.FirstPasswords ?? (NewPassword(), NewPassword());
        // Slow on purpose, so both at once, and never again for the same passwords.
        var hashes = options.FirstHashes is { } known ? [known.Admin, known.Demo]
            : await Task.WhenAll(passwords.MakeAtStart(admin), passwords.MakeAtStart(demo));
        var first = new FirstStart(IdentityId.New(), IdentityId.New(), IdentityId.New(), IdentityId.New(), admin, demo)
        {
            Hashes = (hashes[0], hashes[1]),
        };
        return await changes.Write(tx =>
        {
            if (IsDone(tx)) return null;
            AddDomainAndProjects(tx, first);
            AddUser(tx, first.AdminUserId, "admin", hashes[0]);
            AddUser(tx, first.DemoUserId, "demo", hashes[1]);
            AddRoles(tx, first);
            AddCatalog(tx);
            return first;
        });
    }

    private static bool IsDone(Tx tx) => tx.Exists($"SELECT 1 FROM identity_projects WHERE id = {DefaultDomainId}");

    private static string NewPassword() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(18));

    private static void AddDomainAndProjects(Tx tx, FirstStart first)
    {
        ProjectStore.Insert(tx, new Project { Id = DefaultDomainId, Name = "Default", IsDomain = true, Description = "The default domain" });
        AddProject(tx, first.AdminProjectId, "admin", "Bootstrap project for initializing the cloud.");
        AddProject(tx, first.DemoProjectId, "demo", "");
        AddProject(tx, IdentityId.New(), "service", "");
    }

    private static void AddProject(Tx tx, string id, string name, string description) => ProjectStore.Insert(tx, new Project
    {
        Id = id,
        Name = name,
        DomainId = DefaultDomainId,
        ParentId = DefaultDomainId,
        Description = description,
    });

    private void AddUser(Tx tx, string id, string name, string hash)
    {
        var now = time.GetUtcNow();
        UserStore.Insert(tx, new User { Id = id, Name = name, DomainId = DefaultDomainId, CreatedAt = now });
        UserStore.SetPassword(tx, id, hash, now, expires: null, selfService: false);
    }

    private static void AddRoles(Tx tx, FirstStart first)
    {
        string[] names = ["admin", "manager", "member", "reader", "service"];
        var ids = names.ToDictionary(n => n, _ => IdentityId.New());
        foreach (var (name, id) in ids) RoleStore.Insert(tx, new Role { Id = id, Name = name, Options = """{"immutable": true}""" });
        RoleStore.Imply(tx, ids["admin"], ids["manager"]);
        RoleStore.Imply(tx, ids["manager"], ids["member"]);
        RoleStore.Imply(tx, ids["member"], ids["reader"]);
        Give(first.AdminUserId, TargetKind.Project, first.AdminProjectId, "admin");
        Give(first.AdminUserId, TargetKind.Domain, DefaultDomainId, "admin");
        Give(first.AdminUserId, TargetKind.System, Assignment.SystemId, "admin");
        Give(first.AdminUserId, TargetKind.Project, first.DemoProjectId, "admin");
        Give(first.DemoUserId, TargetKind.Project, first.DemoProjectId, "member");

        void Give(string userId, TargetKind kind, string target, string role) =>
            AssignmentStore.Insert(tx, new Assignment(ActorKind.User, userId, kind, target, ids[role], Inherited: false));
    }

    private void AddCatalog(Tx tx)
    {
        tx.Execute($"INSERT INTO identity_regions (id, parent_region_id, description, extra) VALUES ({options.Region}, {(string?)null}, {""}, {"{}"})");
        foreach (var (type, name, path) in Services)
        {
            var service = IdentityId.New();
            var extra = $$"""{"name": "{{name}}"}""";
            tx.Execute($"INSERT INTO identity_services (id, type, enabled, extra) VALUES ({service}, {type}, {true}, {extra})");
            foreach (var kind in (string[])["public", "internal", "admin"])
                tx.Execute($"""
                    INSERT INTO identity_endpoints (id, service_id, region_id, interface, url, enabled, extra)
                    VALUES ({IdentityId.New()}, {service}, {options.Region}, {kind}, {path}, {true}, {"{}"})
                    """);
        }
    }
}
