using Cumulet.ControlPlane.Images.Data;
using Cumulet.ControlPlane.Images.Imports;

namespace Cumulet.ControlPlane.Images;

/// <summary>Compares the rows of images with what is there; changes nothing.</summary>
internal sealed class ImageAudit(CloudParts parts, ImageIntake intake, StagingArea staging)
{
    public Task<IReadOnlyList<string>> Run()
    {
        var findings = new List<string>();
        var running = intake.Running;
        parts.Database.Read(tx =>
        {
            findings.AddRange(tx.Query(
                $"""
                SELECT i.id FROM images i WHERE i.status IN ('active', 'deactivated')
                    AND ((i.layer_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM layers l WHERE l.id = i.layer_id AND l.state = 'sealed'))
                        OR (i.boot_layer_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM layers l WHERE l.id = i.boot_layer_id AND l.state = 'sealed')))
                """, row => $"image {row.Text()} is active and its layer is not there"));
            findings.AddRange(tx.Query(
                $"SELECT r.kind, r.holder_id FROM layer_references r WHERE r.kind IN ('image', 'image-boot') AND NOT EXISTS (SELECT 1 FROM images i WHERE i.id = r.holder_id)",
                row => $"a layer is held as {row.Text()} by {row.Text()}, which is not there"));
            findings.AddRange(ImageStore.InStatus(tx, ImageStatus.Saving)
                .Where(i => !i.Derived && !running.Contains(i.Id)).Select(i => $"image {i.Id} is saving and nobody uploads it"));
            findings.AddRange(staging.Held.Where(id => !tx.Exists($"SELECT 1 FROM images WHERE id = {id} AND status IN ('uploading', 'importing')"))
                .Select(id => $"the staged bytes of {id} belong to no image that waits for them"));
            return true;
        });
        return Task.FromResult<IReadOnlyList<string>>(findings);
    }
}
