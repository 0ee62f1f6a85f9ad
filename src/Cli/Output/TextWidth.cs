using System.Globalization;
using System.Text;

namespace Cumulet.Cli.Output;

/// <summary>How many columns of a terminal a text takes: most letters one, marks none, East Asian wide ones two.</summary>
static class TextWidth
{
    public static int Of(string text)
    {
        if (System.Text.Ascii.IsValid(text)) return text.Length;
        return text.EnumerateRunes().Sum(Of);
    }

    private static int Of(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
        or UnicodeCategory.Format ? 0 : IsWide(rune.Value) ? 2 : 1;

    private static bool IsWide(int point) => point is >= 0x1100 and <= 0x115F or >= 0x2E80 and <= 0x303E or >= 0x3041 and <= 0x33FF
        or >= 0x3400 and <= 0x4DBF or >= 0x4E00 and <= 0x9FFF or >= 0xA000 and <= 0xA4CF or >= 0xAC00 and <= 0xD7A3
        or >= 0xF900 and <= 0xFAFF or >= 0xFE30 and <= 0xFE6F or >= 0xFF00 and <= 0xFF60 or >= 0xFFE0 and <= 0xFFE6
        or >= 0x1F300 and <= 0x1F64F or >= 0x1F900 and <= 0x1F9FF or >= 0x20000 and <= 0x3FFFD;
}
