using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Tests.Foundation;

public sealed class TimeTextTests
{
    [Theory]
    [InlineData("2011-01-02T03:04:05Z", "2011-01-02T03:04:05.000000Z")]
    [InlineData("2011-01-02T03:04:05.123456", "2011-01-02T03:04:05.123456Z")]
    [InlineData("2011-01-02 03:04:05,5+01:30", "2011-01-02T01:34:05.500000Z")]
    [InlineData("2011-01-02T03:04:05 01:00", "2011-01-02T02:04:05.000000Z")]
    [InlineData("20110102T030405-02", "2011-01-02T05:04:05.000000Z")]
    [InlineData("2011-01-02T03", "2011-01-02T03:00:00.000000Z")]
    [InlineData("2011-1-2", "2011-01-02T00:00:00.000000Z")]
    [InlineData("2011-03", "2011-03-01T00:00:00.000000Z")]
    [InlineData("2011", "2011-01-01T00:00:00.000000Z")]
    public void Iso_8601_is_read(string text, string instant)
    {
        Assert.True(TimeText.TryRead(text, out var read));
        Assert.Equal(instant, TimeText.MicrosecondsZ(read));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2011/01/01")]
    [InlineData("01/02/2011")]
    [InlineData("2011-13-01")]
    [InlineData("2011-02-30")]
    [InlineData("2011-01-02T25:00:00Z")]
    [InlineData("2011-01-02T03:04:05Zulu")]
    [InlineData("2011-01-02T03:04:05Z\n")]
    [InlineData("yesterday")]
    [InlineData("0000-01-01")]
    public void Anything_else_is_not(string text) => Assert.False(TimeText.TryRead(text, out _));
}
