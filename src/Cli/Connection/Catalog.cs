namespace Cumulet.Cli.Connection;

/// <summary>The services this command speaks to.</summary>
enum ServiceType { Identity, Image, Compute, Placement, Volume, Network }

/// <summary>
/// Finds a service's endpoint. Clouds name the same service differently (<c>volumev3</c>, <c>block-storage</c>) and
/// publish it with or without the version in its path; the version is put behind it here, which spares the request for
/// the discovery document.
/// </summary>
sealed class Catalog(JsonArray entries, CloudConfiguration configuration, string? projectId)
{
    public JsonArray Entries => entries;

    /// <summary>Types under which a service stands in catalogs; the official one first.</summary>
    public static string[] Names(ServiceType service) => service switch
    {
        ServiceType.Identity => ["identity"],
        ServiceType.Image => ["image"],
        ServiceType.Compute => ["compute"],
        ServiceType.Placement => ["placement"],
        ServiceType.Volume => ["volumev3", "block-storage", "block-store", "volume", "volumev2"],
        _ => ["network"],
    };

    /// <summary>The endpoint with its version, without a slash at the end; null when the cloud has no such service.</summary>
    public string? Endpoint(ServiceType service)
    {
        if (configuration.EndpointOverride(service) is { } chosen) return WithVersion(service, chosen);
        foreach (var name in Names(service))
        {
            var endpoints = entries.Where(entry => entry!.Text("type") == name).SelectMany(entry => entry!.Items("endpoints"))
                .Where(endpoint => endpoint.Text("interface") == configuration.Interface)
                .Where(endpoint => configuration.Region is not { } region
                    || (endpoint.Text("region_id") ?? endpoint.Text("region")) == region);
            if (endpoints.FirstOrDefault()?.Text("url") is { } url) return WithVersion(service, url);
        }

        return null;
    }

    private string WithVersion(ServiceType service, string url)
    {
        url = url.TrimEnd('/');
        var hasVersion = url.Split('/').Skip(3).Any(part => part.Length > 1 && part[0] == 'v' && char.IsAsciiDigit(part[1]));
        if (service == ServiceType.Identity && url.EndsWith("/v2.0", StringComparison.Ordinal)) return url[..^5] + "/v3";
        if (hasVersion) return url;
        return service switch
        {
            ServiceType.Identity => url + "/v3",
            ServiceType.Image => url + "/v2",
            ServiceType.Compute => url + "/v2.1",
            ServiceType.Network => url + "/v2.0",
            ServiceType.Volume => projectId is null ? url + "/v3" : $"{url}/v3/{projectId}",
            _ => url,
        };
    }
}
