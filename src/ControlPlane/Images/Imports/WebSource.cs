using System.Net;
using System.Net.Sockets;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Images.Data;

namespace Cumulet.ControlPlane.Images.Imports;

/// <summary>
/// Fetches an image from the web for a user, and from nowhere else: http and https on their own ports, no user names, no
/// redirects, and never an address of this machine, its links, the private networks around it or a metadata service. The
/// address is judged where the connection is made, so a name that answers differently the second time gains nothing.
/// </summary>
internal static class WebSource
{
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(15);

    /// <summary>400 for a source that will not be asked.</summary>
    public static async Task<Uri> Check(string text, bool allowLocal)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0
            || (!allowLocal && uri.Port is not (80 or 443)))
            throw Refused(text);
        if (!allowLocal && await OnlyForbidden(uri.DnsSafeHost)) throw Refused(text);
        return uri;
    }

    public static async Task<Stream> Open(Uri uri, bool allowLocal, CancellationToken cancel)
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = ConnectTime,
            ConnectCallback = (context, token) => Connect(context.DnsEndPoint, allowLocal, token),
        })
        { Timeout = Timeout.InfiniteTimeSpan };
        HttpResponseMessage? response = null;
        try
        {
            response = await client.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, cancel);
            if (response.StatusCode != HttpStatusCode.OK)
                throw Fault.BadRequest($"The web server answered {(int)response.StatusCode} for the image's address; name one that answers 200.");
            return new OwningStream(await response.Content.ReadAsStreamAsync(cancel), response, client);
        }
        catch
        {
            response?.Dispose();
            client.Dispose();
            throw;
        }
    }

    private static async ValueTask<Stream> Connect(DnsEndPoint to, bool allowLocal, CancellationToken cancel)
    {
        var addresses = await Dns.GetHostAddressesAsync(to.Host, cancel);
        var allowed = addresses.Where(a => allowLocal || !IsForbidden(a)).ToArray();
        if (allowed.Length == 0) throw Fault.BadRequest("The image's address is not one that images are fetched from.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, to.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<bool> OnlyForbidden(string host)
    {
        try
        {
            return (await Dns.GetHostAddressesAsync(host)).All(IsForbidden);
        }
        catch (SocketException)
        {
            // A name nobody knows now may be known when the task runs, and fails there with its reason otherwise.
            return false;
        }
    }

    internal static bool IsForbidden(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) return true;
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            Span<byte> wide = stackalloc byte[16];
            address.TryWriteBytes(wide, out _);
            // NAT64 and 6to4 carry an IPv4 address inside.
            if (wide.StartsWith((ReadOnlySpan<byte>)[0, 0x64, 0xFF, 0x9B])) return IsForbidden(new IPAddress(wide[12..]));
            if (wide.StartsWith((ReadOnlySpan<byte>)[0x20, 0x02])) return IsForbidden(new IPAddress(wide[2..6]));
            return address.IsIPv6LinkLocal || address.IsIPv6SiteLocal || address.IsIPv6UniqueLocal || address.IsIPv6Multicast;
        }
        Span<byte> ip = stackalloc byte[4];
        address.TryWriteBytes(ip, out _);
        return ip[0] is 0 or 10 or 127 or >= 224
            || (ip[0] == 169 && ip[1] == 254)
            || (ip[0] == 172 && ip[1] is >= 16 and < 32)
            || (ip[0] == 192 && ip[1] == 168)
            || (ip[0] == 100 && ip[1] is >= 64 and < 128);
    }

    private static Fault Refused(string uri) => Fault.BadRequest($"URI for web-download does not pass filtering: {uri.Truncated()}");

    /// <summary>Takes the connection down with the stream.</summary>
    private sealed class OwningStream(Stream inner, HttpResponseMessage response, HttpClient client) : ForwardStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (!disposing) return;
            inner.Dispose();
            response.Dispose();
            client.Dispose();
        }
    }
}
