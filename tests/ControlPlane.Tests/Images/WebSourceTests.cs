using System.Net;
using Cumulet.ControlPlane.Images.Imports;

namespace Cumulet.ControlPlane.Tests.Images;

public sealed class WebSourceTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.10")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("fd00::1")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    public void Address_inside_is_forbidden(string address) => Assert.True(WebSource.IsForbidden(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2606:4700::1111")]
    public void Address_outside_is_allowed(string address) => Assert.False(WebSource.IsForbidden(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http://127.0.0.1/image")]
    [InlineData("http://[::1]/image")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://localhost/image")]
    [InlineData("https://1.1.1.1:8443/image")]
    [InlineData("http://1.1.1.1:22/image")]
    [InlineData("http://2130706433/image")]
    public async Task Source_inside_or_on_another_port_is_refused(string uri) =>
        await Assert.ThrowsAsync<Api.Fault>(() => WebSource.Check(uri, allowLocal: false));
}
