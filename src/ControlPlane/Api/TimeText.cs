using System.Globalization;

namespace Cumulet.ControlPlane.Api;

/// <summary>Instants as the services write them, always UTC.</summary>
public static class TimeText
{
    /// <summary>Nova, Glance, Neutron: <c>2016-03-08T20:19:41Z</c>.</summary>
    public static string Seconds(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Keystone: <c>2015-11-07T01:58:43.578929Z</c>.</summary>
    public static string MicrosecondsZ(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Cinder, and Nova where it kept an older form: <c>2018-11-29T06:50:07.770785</c>.</summary>
    public static string Microseconds(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
}
