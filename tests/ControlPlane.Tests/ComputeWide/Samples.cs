using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Cumulet.ControlPlane.Tests.ComputeWide;

/// <summary>
/// The members that an answer must have, taken from the API reference's own examples and kept beside the tests as text:
/// a path for every member, arrays as <c>[]</c>.
/// </summary>
internal static class Samples
{
    /// <param name="ignored">Members whose content is free: their inside is not compared.</param>
    public static void AssertSameMembers(string sample, JsonElement actual, params string[] ignored)
    {
        var expected = File.ReadAllLines(Path.Combine(Folder(), sample.Replace('/', '~') + ".members"));
        var paths = new SortedSet<string>(StringComparer.Ordinal);
        Collect(actual, "", paths);
        Assert.Equal(expected.Where(p => !IsFree(p)), paths.Where(p => !IsFree(p)));

        bool IsFree(string path) => ignored.Any(i => path.StartsWith(i + ".", StringComparison.Ordinal));
    }

    private static void Collect(JsonElement element, string path, SortedSet<string> paths)
    {
        if (element.ValueKind == JsonValueKind.Object)
            foreach (var member in element.EnumerateObject())
            {
                var inner = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
                paths.Add(inner);
                Collect(member.Value, inner, paths);
            }
        else if (element.ValueKind == JsonValueKind.Array)
            foreach (var item in element.EnumerateArray()) Collect(item, path + "[]", paths);
    }

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Members");
}
