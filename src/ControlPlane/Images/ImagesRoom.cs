using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Images;

/// <summary>The Image service: what an image is, who sees it, where its bytes are.</summary>
public sealed partial class ImagesRoom
{
    private readonly CloudParts _parts;

    public ImagesRoom(CloudParts parts)
    {
        _parts = parts;
        Api = new ServiceApi("image", "image", FaultStyle.Image);
    }

    public ServiceApi Api { get; }
}
