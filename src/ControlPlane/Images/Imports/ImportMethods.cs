namespace Cumulet.ControlPlane.Images.Imports;

/// <summary>How bytes may come without being uploaded in the request that makes the image active.</summary>
internal static class ImportMethods
{
    public const string GlanceDirect = "glance-direct";
    public const string WebDownload = "web-download";
    public const string CopyImage = "copy-image";

    public static readonly string[] All = [GlanceDirect, WebDownload, CopyImage];
}
