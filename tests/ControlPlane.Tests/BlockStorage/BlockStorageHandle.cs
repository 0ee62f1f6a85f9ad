using Cumulet.ControlPlane.BlockStorage.Attachments;

namespace Cumulet.ControlPlane.Tests.BlockStorage;

/// <summary>What Compute does with volumes, done by a test: on the rows of a running cloud.</summary>
internal sealed class BlockStorageHandle(Cloud cloud)
{
    private readonly ServerAttachments _attachments = new(cloud.Parts);

    public Task Reserve(string volumeId, string serverId, string attachmentId) =>
        cloud.Parts.Database.Write(tx => _attachments.Reserve(tx, volumeId, serverId, attachmentId, readOnly: false));

    public Task Remove(string attachmentId) => cloud.Parts.Database.Write(tx => _attachments.Remove(tx, attachmentId));
}
