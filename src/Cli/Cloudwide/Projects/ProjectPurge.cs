using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;

namespace Cumulet.Cli.Cloudwide.Projects;

/// <summary>
/// Deletes what a project has at Compute, Image and Block Storage, then the project. What stands on other things goes
/// first, and is waited for: a volume does not go while a server or a snapshot holds it.
/// </summary>
sealed class ProjectPurge : ActionCommand
{
    private readonly Option<bool> _dryRun;
    private readonly Option<bool> _keep;
    private readonly Option<bool> _own;
    private readonly Option<string?> _project;
    private readonly Option<string?> _domain;

    public ProjectPurge(Syntax syntax) : base(syntax)
    {
        _dryRun = syntax.Flag("--dry-run", "Only list what would be deleted");
        _keep = syntax.Flag("--keep-project", "Delete what it has, not the project");
        _own = syntax.FlagIn("which", "--auth-project", "The project you are in");
        _project = syntax.ValueIn("which", "--project", "<project>", "Project to clean (name or ID)");
        syntax.NeedOneOf("which");
        _domain = syntax.Value("--project-domain", "<project-domain>", "Domain the project belongs to (name or ID)");
    }

    public override string Description => "Clean resources associated with a project";

    protected override async Task Act(Call call, CancellationToken cancellation)
    {
        var cloud = call.Cloud;
        var domain = await cloud.FindIdOrNull(Resources.Domain, call[_domain], cancellation);
        var id = !call[_own] ? await Ids.Of(cloud, Resources.Project, call[_project]!, domain, cancellation)
            : (await cloud.Session(cancellation)).ProjectId ?? throw new CommandError("The token is not for a project: give --project");
        var ofProject = $"?all_tenants=True&project_id={id}";
        await Purge(call, Resources.Server, "server", $"/servers?all_tenants=True&tenant_id={id}", cancellation);
        await Purge(call, Resources.Image, "image", "/images?owner=" + id, cancellation);
        await Purge(call, Resources.Snapshot, "volume snapshot", "/snapshots" + ofProject, cancellation);
        await Purge(call, Resources.Backup, "volume backup", "/backups" + ofProject, cancellation);
        await Purge(call, Resources.Volume, "volume", "/volumes" + ofProject, cancellation);
        if (call[_keep]) return;
        call.Terminal.Error.WriteLine($"Deleting project: {id}");
        if (!call[_dryRun]) await cloud.Identity.Delete("/projects/" + id, cancellation);
    }

    private async Task Purge(Call call, Resource resource, string noun, string list, CancellationToken cancellation)
    {
        var client = call.Cloud.Service(resource.Service);
        var (things, gone) = (await Found(call, client, list, resource, cancellation), new List<string>());
        foreach (var id in things)
        {
            call.Terminal.Error.WriteLine($"Deleting {noun} : {id}");
            if (call[_dryRun]) continue;
            try
            {
                await Delete(client, resource, id, cancellation);
                gone.Add(id);
            }
            catch (ApiError error)
            {
                call.Terminal.Error.WriteLine($"Failed to delete {noun} with ID '{id}': {error.Message}");
            }
        }

        if (!call[_dryRun] && gone.Count < things.Count)
            call.Terminal.Error.WriteLine($"{things.Count - gone.Count} of {things.Count} {noun}s failed to delete.");
        foreach (var id in gone) await Deletion.Wait(call, resource, id, cancellation);
    }

    /// <summary>A cloud without the service has nothing of it.</summary>
    private static async Task<List<string>> Found(Call call, ServiceClient client, string list, Resource resource,
        CancellationToken cancellation)
    {
        try
        {
            return [.. (await client.List(list, resource.Plural, cancellation)).Select(thing => thing.Id())];
        }
        catch (Exception error) when (error is ApiError or CommandError)
        {
            call.Terminal.Error.WriteLine($"Cannot list {resource.Plural}: {error.Message}");
            return [];
        }
    }

    private static async Task Delete(ServiceClient client, Resource resource, string id, CancellationToken cancellation)
    {
        var path = $"{resource.Path}/{id}";
        if (resource.Service != ServiceType.Volume)
        {
            await client.Delete(path, cancellation);
            return;
        }

        try
        {
            if (resource != Resources.Volume)
            {
                await client.Delete(path, cancellation);
                return;
            }
        }
        catch (ApiError)
        {
            // Whatever state it is in, it has to go.
        }

        await client.Post(path + "/action", new JsonObject { ["os-force_delete"] = null }, cancellation);
    }
}
