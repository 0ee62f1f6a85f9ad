using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.SecurityGroups;

/// <summary>A project that looks at its security groups finds its <c>default</c> there, though nobody made it.</summary>
internal sealed class DefaultSecurityGroup(Database database, TimeProvider time)
{
    public Handler Before(Handler list) => async request =>
    {
        var project = request.Query["project_id"].FirstOrDefault() ?? request.Query["tenant_id"].FirstOrDefault();
        if (project is null || !request.Caller.IsAdmin) project = request.Caller.ProjectId;
        if (project is not null && !database.Read(tx => tx.Exists($"SELECT 1 FROM security_groups WHERE project_id = {project} AND is_default = 1")))
            await database.Write(tx => { SecurityGroupStore.EnsureDefault(tx, project, time.GetUtcNow()); });
        return await list(request);
    };
}
