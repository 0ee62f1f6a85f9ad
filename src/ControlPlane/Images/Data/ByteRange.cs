using Cumulet.ControlPlane.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Cumulet.ControlPlane.Images.Data;

/// <summary>A part of an image's bytes.</summary>
/// <param name="Start">From 0.</param>
internal readonly record struct ByteRange(long Start, long Length)
{
    /// <summary>
    /// The one range that a request asks for, or null. Rule: RFC 9110 for <c>Range</c>; <c>Content-Range</c> in a request is
    /// what old clients of Glance send and is still understood there. Several ranges are 400, impossible ones 416.
    /// </summary>
    public static ByteRange? Asked(IHeaderDictionary headers, long size)
    {
        if (headers.Range.ToString() is { Length: > 0 } range) return OfRange(range, size);
        return headers.ContentRange.ToString() is { Length: > 0 } contentRange ? OfContentRange(contentRange, size) : null;
    }

    private static ByteRange OfRange(string text, long size)
    {
        if (text.Contains(','))
            throw Fault.BadRequest("Requests with multiple ranges are not supported in Glance. You may make multiple single-range requests instead.");
        if (!RangeHeaderValue.TryParse(text, out var parsed) || parsed.Unit != "bytes" || parsed.Ranges.Count != 1)
            throw Unsatisfiable("Invalid Range header.");
        var asked = parsed.Ranges.First();
        if (asked.From is not { } from)
        {
            var suffix = Math.Min(asked.To ?? 0, size);
            return suffix > 0 ? new ByteRange(size - suffix, suffix) : throw Unsatisfiable("Invalid Range header.");
        }
        if (from >= size) throw Outside("Range", size);
        return new ByteRange(from, Math.Min(asked.To ?? long.MaxValue - 1, size - 1) - from + 1);
    }

    private static ByteRange OfContentRange(string text, long size)
    {
        if (!ContentRangeHeaderValue.TryParse(text, out var parsed) || parsed is not { From: { } from, To: { } to })
            throw Unsatisfiable("Invalid Content-Range header.");
        if (from >= size || to >= size) throw Outside("Content-Range", size);
        return new ByteRange(from, to - from + 1);
    }

    private static Fault Outside(string header, long size) => Unsatisfiable(
        $"Invalid start position in {header} header. Start position MUST be in the inclusive range [0, {size - 1}].");

    private static Fault Unsatisfiable(string message) => new(FaultKind.BadRequest, message) { StatusOverride = 416 };
}
