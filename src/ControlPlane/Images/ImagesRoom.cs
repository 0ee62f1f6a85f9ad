using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Images.Data;
using Cumulet.ControlPlane.Images.Discovery;
using Cumulet.ControlPlane.Images.Imports;
using Cumulet.ControlPlane.Images.Members;
using Cumulet.ControlPlane.Images.Tags;
using Cumulet.ControlPlane.Images.Tasks;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Images;

/// <summary>
/// The Image service: what an image is, who sees it, where its bytes are. The table of contents is <see cref="AddRoutes"/>;
/// what other rooms ask of it stands in the other half of the class.
/// </summary>
public sealed partial class ImagesRoom
{
    private readonly CloudParts _parts;
    private readonly LayersRoom _layers;
    private readonly ImageIntake _intake;
    private readonly StagingArea _staging;
    private readonly ImportRunner _imports;
    private readonly DerivedHashes _hashes;
    private readonly GuestImage _guest;

    public ImagesRoom(CloudParts parts, LayersRoom layers)
    {
        _parts = parts;
        _layers = layers;
        _staging = new StagingArea(parts.Options.StateDirectory);
        _intake = new ImageIntake(parts, layers);
        _imports = new ImportRunner(parts, _intake, _staging);
        _hashes = new DerivedHashes(parts, layers);
        _guest = new GuestImage(parts, _intake);
        Api = new ServiceApi("image", "image", FaultStyle.Image);
        AddDiscovery(Api.Routes);
        AddImages(Api.Routes);
        AddData(Api.Routes);
        AddSharing(Api.Routes);
        AddTasks(Api.Routes);
        Metadefs.MetadefRoutes.Add(Api.Routes, parts);
    }

    public ServiceApi Api { get; }

    /// <summary>At the very first start: registers the guest image for this project.</summary>
    public Task Bootstrap(string guestImageOwner) => _guest.Register(guestImageOwner);

    /// <summary>Before the first request: repairs what an earlier process left half done.</summary>
    public Task Recover() => new ImageReconciler(_parts, _layers, _staging).Run();

    /// <summary>The work that nobody asked for: the guest image, hashes of derived images.</summary>
    public void Begin()
    {
        _hashes.Start();
        _guest.Start();
    }

    /// <summary>How far the first image is, for <c>cumulet up</c>: see <see cref="GuestImage.Progress"/>.</summary>
    internal Task<(int Status, string Text)> FirstImage(CancellationToken cancel) => _guest.Progress(cancel);

    /// <summary>The server is about to wait for its requests: uploads could last for hours.</summary>
    public void BreakOff() => _intake.BreakOffAll();

    /// <summary>What of the rows is not so: the answer of <c>cumulet audit</c>.</summary>
    public Task<IReadOnlyList<string>> Audit(CancellationToken cancel) => new ImageAudit(_parts, _intake, _staging).Run();

    /// <summary>One line for <c>cumulet status</c>.</summary>
    public string Summary(Tx tx) => string.Join(", ", tx.Query(
        $"SELECT status, COUNT(*) FROM images GROUP BY status ORDER BY status", row => $"{row.Text()} {row.Long()}")) is { Length: > 0 } counts ? counts : "none";

    public async Task Stop()
    {
        await _imports.Stop();
        await _hashes.Stop();
        await _guest.Stop();
    }

    private void AddDiscovery(RouteTable routes)
    {
        var info = new ImageInfo(_parts);
        routes.Open("GET", "", ImageVersions.Choose);
        routes.Open("GET", "versions", ImageVersions.List);
        routes.Open("GET", "v2", ImageVersions.Choose);
        routes.Get("v2/schemas/image", "default", ImageSchemas.ShowImage);
        routes.Get("v2/schemas/images", "default", ImageSchemas.ListImages);
        routes.Get("v2/schemas/member", "default", ImageSchemas.ShowMember);
        routes.Get("v2/schemas/members", "default", ImageSchemas.ListMembers);
        routes.Get("v2/schemas/task", "default", ImageSchemas.ShowTask);
        routes.Get("v2/schemas/tasks", "default", ImageSchemas.ListTasks);
        routes.Get("v2/info/import", "default", info.ImportMethodsOf);
        routes.Get("v2/info/stores", "default", info.Stores);
        routes.Get("v2/info/stores/detail", "stores_info_detail", info.StoresInDetail);
        routes.Get("v2/info/usage", "default", info.Usage);
    }

    private void AddImages(RouteTable routes)
    {
        var actions = new ImageActions(_parts);
        routes.Get("v2/images", "get_images", new ListImages(_parts).Handle).FromRows();
        routes.Post("v2/images", "add_image", new CreateImage(_parts).Handle).ByTarget();
        routes.Get("v2/images/{id}", "get_image", new ShowImage(_parts).Handle).ByTarget();
        routes.Patch("v2/images/{id}", "modify_image", new UpdateImage(_parts).Handle).ByTarget();
        routes.Delete("v2/images/{id}", "delete_image", new DeleteImage(_parts, _layers, _intake, _staging).Handle).ByTarget();
        routes.Post("v2/images/{id}/actions/deactivate", "deactivate", actions.Deactivate).ByTarget();
        routes.Post("v2/images/{id}/actions/reactivate", "reactivate", actions.Reactivate).ByTarget();
    }

    private void AddData(RouteTable routes)
    {
        var locations = new ImageLocations(_parts);
        routes.Put("v2/images/{id}/file", "upload_image", new UploadImage(_parts, _intake).Handle).ByTarget();
        routes.Get("v2/images/{id}/file", "download_image", new DownloadImage(_parts, _layers).Handle).ByTarget();
        routes.Put("v2/images/{id}/stage", "modify_image", new StageImage(_parts, _staging, _intake.Stopping).Handle).ByTarget();
        routes.Post("v2/images/{id}/import", "modify_image", new ImportImage(_parts, _imports).Handle).ByTarget();
        routes.Post("v2/images/{id}/locations", "add_image_location", locations.Add).ByTarget();
        routes.Get("v2/images/{id}/locations", "fetch_image_location", locations.List).ByTarget();
        routes.Delete("v2/stores/{store}/{id}", "delete_image_location", locations.RemoveFromStore).ByTarget();
    }

    private void AddSharing(RouteTable routes)
    {
        var members = new ImageMembers(_parts);
        var tags = new ImageTags(_parts);
        routes.Post("v2/images/{id}/members", "add_member", members.Create).ByTarget();
        routes.Get("v2/images/{id}/members", "get_members", members.List).ByTarget();
        routes.Get("v2/images/{id}/members/{member}", "get_member", members.Show).ByTarget();
        routes.Put("v2/images/{id}/members/{member}", "modify_member", members.Update).ByTarget();
        routes.Delete("v2/images/{id}/members/{member}", "delete_member", members.Delete).ByTarget();
        routes.Put("v2/images/{id}/tags/{tag}", "modify_image", tags.Add).ByTarget();
        routes.Delete("v2/images/{id}/tags/{tag}", "modify_image", tags.Remove).ByTarget();
    }

    private void AddTasks(RouteTable routes)
    {
        var tasks = new ReadTasks(_parts);
        routes.Get("v2/tasks", "tasks_api_access", tasks.List);
        routes.Get("v2/tasks/{task}", "tasks_api_access", tasks.Show);
        routes.Get("v2/images/{id}/tasks", "get_image", tasks.OfImage).ByTarget();
    }
}
