using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Discovery;

/// <summary>The list of extensions, and what the API had once and answers with 410.</summary>
internal static class ExtensionList
{
    private static readonly (string Methods, string Pattern)[] Gone =
    [
        ("GET POST", "os-agents"), ("PUT DELETE", "os-agents/{id}"),
        ("GET POST", "os-cells"), ("GET", "os-cells/capacities"), ("GET", "os-cells/detail"), ("GET", "os-cells/info"),
        ("POST", "os-cells/sync_instances"), ("GET PUT DELETE", "os-cells/{id}"), ("GET", "os-cells/{id}/capacities"),
        ("POST", "os-certificates"), ("GET", "os-certificates/{id}"),
        ("GET POST", "os-cloudpipe"), ("PUT", "os-cloudpipe/{id}"),
        ("GET", "os-fixed-ips/{id}"), ("POST", "os-fixed-ips/{id}/action"),
        ("GET", "os-floating-ip-dns"), ("PUT DELETE", "os-floating-ip-dns/{id}"),
        ("GET PUT DELETE", "os-floating-ip-dns/{domain}/entries/{id}"),
        ("GET POST", "os-floating-ips-bulk"), ("GET PUT", "os-floating-ips-bulk/{id}"),
        ("GET", "os-fping"), ("GET", "os-fping/{id}"),
        ("POST", "os-networks"), ("POST", "os-networks/add"), ("DELETE", "os-networks/{id}"), ("POST", "os-networks/{id}/action"),
        ("POST", "os-tenant-networks"), ("DELETE", "os-tenant-networks/{id}"),
        ("GET POST", "os-security-group-default-rules"), ("GET DELETE", "os-security-group-default-rules/{id}"),
        ("GET POST", "servers/{id}/consoles"), ("GET DELETE", "servers/{id}/consoles/{console}"),
        ("GET", "servers/{id}/os-virtual-interfaces"),
    ];

    public static void Map(RouteTable routes)
    {
        routes.Get("v2.1/extensions", "os_compute_api:extensions", List);
        routes.Get("v2.1/extensions/{alias}", "os_compute_api:extensions", Show);
        foreach (var (methods, pattern) in Gone)
            foreach (var method in methods.Split(' '))
                routes.Add(method, "v2.1/" + pattern, "os_compute_api:removed", _ =>
                    throw new Fault(FaultKind.Gone, "This resource is no longer available.  No forwarding address is given."));
    }

    private static Task<Reply> List(ApiRequest request) => Task.FromResult(Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("extensions");
        foreach (var (alias, name) in ExtensionNames.All) Write(json, alias, name);
        json.WriteEndArray();
        json.WriteEndObject();
    }));

    private static Task<Reply> Show(ApiRequest request)
    {
        var (alias, name) = Array.Find(ExtensionNames.All, e => e.Alias == request[0]);
        if (alias is null) throw Fault.NotFound("The resource could not be found.");
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("extension");
            Write(json, alias, name);
            json.WriteEndObject();
        }));
    }

    private static void Write(Utf8JsonWriter json, string alias, string name)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("alias", alias);
        json.WriteString("namespace", "http://docs.openstack.org/compute/ext/fake_xml");
        json.WriteString("updated", "2014-12-03T00:00:00Z");
        json.WriteString("description", $"{name}.");
        json.WriteStartArray("links");
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
