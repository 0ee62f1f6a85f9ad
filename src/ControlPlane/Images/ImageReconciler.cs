using Cumulet.ControlPlane.Images.Data;
using Cumulet.ControlPlane.Images.Imports;
using Cumulet.ControlPlane.Images.Tasks;
using Cumulet.ControlPlane.Layers;

namespace Cumulet.ControlPlane.Images;

/// <summary>
/// At a start no upload can be running: an image that says it has one is queued again and what there was of its bytes goes.
/// Images made of servers and volumes are left alone; their sagas go on by themselves. So is what waits whole in staging.
/// </summary>
internal sealed class ImageReconciler(CloudParts parts, LayersRoom layers, StagingArea staging)
{
    public async Task Run()
    {
        foreach (var status in (string[])[ImageStatus.Saving, ImageStatus.Importing])
            foreach (var image in parts.Database.Read(tx => ImageStore.InStatus(tx, status)).Where(i => !i.Derived))
                await Requeue(image.Id, status);
        var staged = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var image in parts.Database.Read(tx => ImageStore.InStatus(tx, ImageStatus.Uploading)))
            if (image.SizeBytes is not null && staging.Holds(image.Id)) staged.Add(image.Id);
            else await Requeue(image.Id, ImageStatus.Uploading);
        staging.Sweep(staged);
        await parts.Database.Write(tx => ImageTasks.EndAll(tx, "The service was restarted; import the image again.", parts.Time.GetUtcNow()));
    }

    private async Task Requeue(string id, string status)
    {
        var held = parts.Database.Read(tx => (Layer?[])
            [layers.HeldBy(tx, ImageIntake.BootHolder(id)), layers.HeldBy(tx, ImageIntake.Holder(id))]);
        foreach (var layer in held)
            if (layer is not null) await layers.Discard(layer.Id);
        await parts.Database.Write(tx =>
        {
            ImageStore.SetProperty(tx, id, "os_glance_importing_to_stores", null);
            ImageStore.Requeue(tx, id, status, parts.Time.GetUtcNow());
        });
    }
}
