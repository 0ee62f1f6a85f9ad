using Cumulet.ControlPlane.Identity;
using Cumulet.ControlPlane.Identity.Projects;
using Cumulet.ControlPlane.Identity.Roles;
using Cumulet.ControlPlane.Identity.Users;

namespace Cumulet.ControlPlane.Tests.Images;

/// <summary>More users than a new cloud has.</summary>
internal static class People
{
    /// <summary>A user and a project of the same name, the user with one role in it. Gives the project's id and a client.</summary>
    public static async Task<(string ProjectId, HttpClient Client)> Add(TestCloud cloud, string role = "member")
    {
        var name = $"p-{Guid.NewGuid():N}";
        var projectId = IdentityId.New();
        await AddUser(cloud, name, projectId, role, tx => ProjectStore.Insert(tx, new Project
        {
            Id = projectId, Name = name, DomainId = "default", ParentId = "default",
        }));
        return (projectId, await cloud.As(name));
    }

    /// <summary>A user with one role in the project <c>demo</c>.</summary>
    public static async Task<HttpClient> AddToDemo(TestCloud cloud, string role)
    {
        var name = $"u-{Guid.NewGuid():N}";
        await AddUser(cloud, name, cloud.First.DemoProjectId, role, _ => { });
        return await cloud.As($"{name}/demo");
    }

    private static async Task AddUser(TestCloud cloud, string name, string projectId, string role, Action<Store.Tx> before)
    {
        var hash = await new PasswordHash(4, TimeProvider.System).Make(TestCloud.TestPassword, CancellationToken.None);
        await cloud.Cloud.Parts.Database.Write(tx =>
        {
            before(tx);
            var userId = IdentityId.New();
            UserStore.Insert(tx, new User { Id = userId, Name = name, DomainId = "default", CreatedAt = DateTimeOffset.UtcNow });
            UserStore.SetPassword(tx, userId, hash, DateTimeOffset.UtcNow, expires: null, selfService: false);
            var roleId = tx.Find($"SELECT id FROM identity_roles WHERE name = {role}", row => row.Text())!;
            AssignmentStore.Insert(tx, new Assignment(ActorKind.User, userId, TargetKind.Project, projectId, roleId, Inherited: false));
        });
    }
}
