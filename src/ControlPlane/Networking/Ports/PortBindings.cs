using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Networking.Resources;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Ports;

/// <summary>
/// Where a port is carried, as a resource below it. With one host there is at most one binding, the active one; another host
/// that a binding is asked for cannot carry anything.
/// </summary>
internal sealed class PortBindings(Database database, TimeProvider time, string host)
{
    private static readonly Check Shape = Checks.Object(
        ("host", false, Checks.NotBlankText), ("vnic_type", false, Checks.Text()), ("profile", false, Checks.OrNull(Checks.AnyObject)),
        ("project_id", false, Checks.ProjectId), ("tenant_id", false, Checks.ProjectId));

    private static PortRecord Port(Tx tx, ApiRequest request)
    {
        var port = PortStore.Find(tx, request.Caller, request[0]) ?? throw NetworkFault.PortNotFound(request[0]);
        request.Authorize(PortResource.Target(port));
        return port;
    }

    private static PortRecord Bound(Tx tx, ApiRequest request)
    {
        var port = Port(tx, request);
        return port.Host.Length > 0 && port.Host == request[1] ? port
            : throw Fault.NotFound($"Binding for port {port.Id} for host {request[1].Truncated()} could not be found.", "PortBindingNotFound");
    }

    public Task<Reply> List(ApiRequest request)
    {
        var port = database.Read(tx => Port(tx, request));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("bindings");
            if (port.Host.Length > 0) Write(json, port);
            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = Asked(await request.Body());
        var wanted = body.GetText("host") ?? throw NetworkFault.BadRequest("Failed to parse request. Required attribute 'host' not specified");
        var port = await database.Write(tx =>
        {
            var port = Port(tx, request);
            if (port.Host == wanted) throw Fault.Conflict($"Binding for port {port.Id} on host {wanted.Truncated()} already exists.", "PortBindingAlreadyExists");
            if (wanted != host || port.Host.Length > 0)
                throw Fault.Conflict(
                    $"Binding for port {port.Id} on host {wanted.Truncated()} could not be created: {host} is the only host of this cloud.", "PortBindingError");
            return Save(tx, Changed(port with { Host = wanted }, body));
        });
        return Answer(201, port);
    }

    public async Task<Reply> Update(ApiRequest request)
    {
        var body = Asked(await request.Body());
        return Answer(200, await database.Write(tx => Save(tx, Changed(Bound(tx, request), body))));
    }

    public async Task<Reply> Activate(ApiRequest request)
    {
        await database.Write(tx =>
        {
            var port = Bound(tx, request);
            throw Fault.Conflict($"Binding for port {port.Id} on host {port.Host} is already active.", "PortBindingAlreadyActive");
        });
        return Reply.Empty();
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await database.Write(tx =>
        {
            var port = Bound(tx, request);
            if (port.IsOfServer) throw Fault.Conflict($"Port {port.Id} is in use by server {port.DeviceId}; detach it first.", "PortInUse");
            Save(tx, port with { Host = "", Status = "DOWN" });
        });
        return Reply.Empty();
    }

    private static JsonElement Asked(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object || body.Get("binding") is not { } binding) throw NetworkFault.BadRequest("Unable to find 'binding' in request body");
        return Shape(binding) is { } reason ? throw NetworkFault.Invalid("binding", reason) : binding;
    }

    private PortRecord Changed(PortRecord port, JsonElement body) => port with
    {
        VnicType = body.GetText("vnic_type") ?? port.VnicType,
        BindingProfile = body.Get("profile")?.GetRawText() ?? port.BindingProfile,
        UpdatedAt = time.GetUtcNow(),
    };

    private static PortRecord Save(Tx tx, PortRecord port)
    {
        PortStore.Update(tx, port);
        return port;
    }

    private static Reply Answer(int status, PortRecord port) => Reply.Json(status, json =>
    {
        json.WriteStartObject();
        json.WritePropertyName("binding");
        Write(json, port);
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, PortRecord port)
    {
        json.WriteStartObject();
        json.WriteString("host", port.Host);
        json.WriteString("vnic_type", port.VnicType);
        json.WritePropertyName("profile");
        json.WriteRawValue(port.BindingProfile);
        json.WriteString("vif_type", "bridge");
        json.WriteStartObject("vif_details");
        json.WriteString("connectivity", "l2");
        json.WriteBoolean("port_filter", true);
        json.WriteEndObject();
        json.WriteString("status", "ACTIVE");
        json.WriteString("project_id", port.ProjectId);
        json.WriteEndObject();
    }
}
