using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute;

/// <summary>Forms that Nova's bodies share.</summary>
internal static class ComputeShapes
{
    /// <summary>1 to 255 printable characters without blanks at either end.</summary>
    public static readonly Shape Name = Shape.Text(1, 255, @"^(?!\s)[^\p{C}]*(?<!\s)$",
        "a name has 1 to 255 printable characters and no blanks at its ends");

    /// <summary>Nullable, printable characters, tabs and line breaks.</summary>
    public static readonly Shape Description = Shape.OrNull(Shape.Text(0, 65535, @"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$",
        "a description has printable characters and line breaks only"));

    public static readonly Shape HostName = Shape.Text(1, 255, "^[a-zA-Z0-9-._]+$");

    /// <summary>A metadata key, as Nova takes it.</summary>
    public const string MetadataKey = "^[a-zA-Z0-9-_:. ]{1,255}$";
}
