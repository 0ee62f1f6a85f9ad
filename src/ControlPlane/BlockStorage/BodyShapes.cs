using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.BlockStorage;

/// <summary>The value forms that Cinder's bodies share.</summary>
internal static class BodyShapes
{
    public static Shape NameOrNull => Shape.OrNull(Shape.Text(0, 255));
    public static Shape DescriptionOrNull => Shape.OrNull(Shape.Text(0, 255, @"^[^\p{C}]*$", "it has characters that cannot be printed"));
    public static Shape UuidOrNull => Shape.OrNull(Shape.Uuid);
    public static Shape Pairs => Shape.Map(@"^[a-zA-Z0-9-_:. /]{1,255}$", Shape.Text(0, 255));
    public static Shape PairsOrNull => Shape.OrNull(Pairs);
    public static Shape Size => Shape.Integer(1, int.MaxValue);
}
