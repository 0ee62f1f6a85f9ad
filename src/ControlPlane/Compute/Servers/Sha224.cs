using System.Buffers.Binary;
using System.Numerics;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// SHA-224 (FIPS 180-4), which .NET has not: Nova's <c>hostId</c> is one. Hides nothing by itself and is used for nothing else.
/// </summary>
internal static class Sha224
{
    private static readonly uint[] K = Constants();

    public static string Hex(ReadOnlySpan<byte> data)
    {
        Span<uint> h = [0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4];
        var padded = new byte[(data.Length + 9 + 63) / 64 * 64];
        data.CopyTo(padded);
        padded[data.Length] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(padded.AsSpan(padded.Length - 8), (ulong)data.Length * 8);
        for (var at = 0; at < padded.Length; at += 64) Block(padded.AsSpan(at, 64), h);
        Span<byte> digest = stackalloc byte[28];
        for (var i = 0; i < 7; i++) BinaryPrimitives.WriteUInt32BigEndian(digest[(i * 4)..], h[i]);
        return Convert.ToHexStringLower(digest);
    }

    private static void Block(ReadOnlySpan<byte> block, Span<uint> h)
    {
        Span<uint> w = stackalloc uint[64];
        for (var i = 0; i < 16; i++) w[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(i * 4)..]);
        for (var i = 16; i < 64; i++)
        {
            var (x, y) = (w[i - 15], w[i - 2]);
            w[i] = w[i - 16] + (BitOperations.RotateRight(x, 7) ^ BitOperations.RotateRight(x, 18) ^ (x >> 3))
                + w[i - 7] + (BitOperations.RotateRight(y, 17) ^ BitOperations.RotateRight(y, 19) ^ (y >> 10));
        }
        Span<uint> s = stackalloc uint[8];
        h.CopyTo(s);
        for (var i = 0; i < 64; i++)
        {
            var (a, e) = (s[0], s[4]);
            var t1 = s[7] + (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25))
                + ((e & s[5]) ^ (~e & s[6])) + K[i] + w[i];
            var t2 = (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22))
                + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
            s[..7].CopyTo(s[1..]);
            s[4] += t1;
            s[0] = t1 + t2;
        }
        for (var i = 0; i < 8; i++) h[i] += s[i];
    }

    // The first 32 bits of the fractions of the cube roots of the first 64 primes.
    private static uint[] Constants()
    {
        var found = new List<uint>();
        for (var n = 2; found.Count < 64; n++)
        {
            var prime = true;
            for (var d = 2; d * d <= n && prime; d++) prime = n % d != 0;
            if (!prime) continue;
            // The integer cube root of n * 2^96 has 32 bits behind the point.
            var target = (BigInteger)n << 96;
            BigInteger low = 0, high = (BigInteger)1 << 40;
            while (high - low > 1)
            {
                var middle = (low + high) / 2;
                if (middle * middle * middle <= target) low = middle;
                else high = middle;
            }
            found.Add((uint)(low & uint.MaxValue));
        }
        return [.. found];
    }
}
