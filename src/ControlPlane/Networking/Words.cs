namespace Cumulet.ControlPlane.Networking;

/// <summary>Short lists in one column: words that never contain a blank (addresses, zones, types).</summary>
internal static class Words
{
    public static string Join(IEnumerable<string> words) => string.Join(' ', words);
    public static IReadOnlyList<string> Split(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
