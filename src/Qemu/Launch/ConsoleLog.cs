using System.Text;

namespace Cumulet.Qemu;

/// <summary>The guest's serial output on disk.</summary>
public static class ConsoleLog
{
    /// <summary>The last <paramref name="lines"/> lines (all when null), reading at most <paramref name="maxBytes"/> from the end.</summary>
    public static async Task<string> TailAsync(string path, int? lines, int maxBytes, CancellationToken cancellation)
    {
        if (!File.Exists(path))
            return "";
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(-Math.Min(file.Length, maxBytes), SeekOrigin.End);
        var text = await new StreamReader(file, Encoding.UTF8).ReadToEndAsync(cancellation);
        if (lines is not { } count)
            return text;
        var start = text.Length - (text.EndsWith('\n') ? 1 : 0);
        for (var found = 0; start > 0; start--)
        {
            if (text[start - 1] == '\n' && ++found == count)
                break;
        }
        return count == 0 ? "" : text[start..];
    }

    /// <summary>
    /// Moves a log that grew beyond the limit to <c>path.1</c> and empties it; QEMU keeps its descriptor and appends from
    /// the start. What the guest says between copy and cut is lost; a console log may.
    /// </summary>
    /// <returns>Whether it was rotated.</returns>
    public static bool Rotate(string path, long maxBytes)
    {
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length <= maxBytes)
            return false;
        file.Seek(-maxBytes, SeekOrigin.End);
        using (var old = new FileStream(path + ".1", FileMode.Create, FileAccess.Write))
            file.CopyTo(old);
        file.SetLength(0);
        return true;
    }
}
