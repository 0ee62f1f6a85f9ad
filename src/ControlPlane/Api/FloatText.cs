using System.Globalization;

namespace Cumulet.ControlPlane.Api;

/// <summary>Floats as the services' JSON has them: always with a decimal point, <c>1.0</c>.</summary>
public static class FloatText
{
    public static string Of(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAny('.', 'E') >= 0 ? text : text + ".0";
    }
}
