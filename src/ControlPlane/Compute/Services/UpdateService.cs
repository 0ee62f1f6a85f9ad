using System.Text.Json;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Services;

/// <summary>The administrator takes hosts out of scheduling and back, forces them down, and forgets them.</summary>
internal sealed class UpdateService(ComputeServices services, ListServices list)
{
    private static readonly Shape Reason = Shape.OrNull(Shape.Text(1, 255));

    private static readonly Shape Action = Shape.Object(
        Member.Must("host", ComputeShapes.HostName),
        Member.Must("binary", Shape.Text(1, 255)),
        Member.May("disabled_reason", Reason),
        Member.May("forced_down", Shape.Flag).Since(2, 11));

    private static readonly Shape Change = Shape.Object(
        Member.May("status", Shape.OneOf("enabled", "disabled")),
        Member.May("disabled_reason", Reason),
        Member.May("forced_down", Shape.Flag));

    public async Task<Reply> ByAction(ApiRequest request)
    {
        var body = await request.Body();
        Action.Check(body, "body", request.Version);
        var (host, kind) = (body.GetText("host")!, body.GetText("binary")!);
        Func<ServiceRecord, ServiceRecord> change = request[0] switch
        {
            "enable" => s => s with { Disabled = false, DisabledReason = null },
            "disable" => s => s with { Disabled = true, DisabledReason = null },
            "disable-log-reason" => WithReason(body),
            "force-down" when request.At(2, 11) => ForcedDown(body),
            _ => throw Fault.NotFound("Unknown action"),
        };
        RequireCompute(kind);
        var changed = await services.Database.Write(tx =>
        {
            var service = ServiceStore.Find(tx, host, kind)
                ?? throw Fault.NotFound($"Host '{host.Truncated()}' is not mapped to any cell");
            ServiceStore.Save(tx, change(service));
            return change(service);
        });
        return Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("service");
            json.WriteString("host", host);
            json.WriteString("binary", kind);
            if (request[0] == "force-down") json.WriteBoolean("forced_down", changed.ForcedDown);
            else json.WriteString("status", changed.Status);
            if (request[0] == "disable-log-reason") json.WriteString("disabled_reason", changed.DisabledReason);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    public async Task<Reply> ById(ApiRequest request)
    {
        if (!Guid.TryParse(request[0], out _)) throw Fault.BadRequest($"Invalid uuid {request[0].Truncated()}");
        var body = await request.Body();
        Change.Check(body, "body", request.Version);
        var (status, reason, forced) = (body.GetText("status"), body.GetText("disabled_reason"), body.GetFlag("forced_down"));
        if (status == "enabled" && reason is not null)
            throw Fault.BadRequest("Specifying 'disabled_reason' with status 'enabled' is invalid.");
        return await services.Database.Write(tx =>
        {
            var service = ServiceStore.Find(tx, request[0])
                ?? throw Fault.NotFound($"Service {request[0]} could not be found.");
            RequireCompute(service.Kind);
            if (status is null && forced is null)
                throw Fault.BadRequest("No updates were requested. Fields 'status' or 'forced_down' should be specified.");
            var changed = service with { ForcedDown = forced ?? service.ForcedDown };
            if (status is not null) changed = changed with { Disabled = status == "disabled", DisabledReason = reason };
            ServiceStore.Save(tx, changed);
            return list.One(request, tx, changed);
        });
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        var id = request[0];
        var number = 0L;
        if (request.At(2, 53) && !Guid.TryParse(id, out _)) throw Fault.BadRequest($"Invalid uuid {id.Truncated()}");
        if (!request.At(2, 53) && !long.TryParse(id, out number)) throw Fault.BadRequest("Invalid input received: id must be an integer");
        await services.Database.Write(tx =>
        {
            var service = (request.At(2, 53) ? ServiceStore.Find(tx, id) : ServiceStore.FindByNumber(tx, number))
                ?? throw Fault.NotFound($"Service {id} not found.");
            if (service.IsCompute && ServiceStore.HasServers(tx, service.Host))
                throw Fault.Conflict("Unable to delete compute service that is hosting instances. Migrate or delete the instances first.");
            ServiceStore.Delete(tx, service);
        });
        return Reply.Empty();
    }

    private static void RequireCompute(string kind)
    {
        if (kind != ServiceRecord.Compute)
            throw Fault.BadRequest($"Updating a {kind.Truncated()} service is not supported. Only nova-compute services can be updated.");
    }

    private static Func<ServiceRecord, ServiceRecord> WithReason(JsonElement body) =>
        body.GetText("disabled_reason") is { } reason
            ? s => s with { Disabled = true, DisabledReason = reason }
            : throw Fault.BadRequest("Missing disabled reason field");

    private static Func<ServiceRecord, ServiceRecord> ForcedDown(JsonElement body) =>
        body.GetFlag("forced_down") is { } down
            ? s => s with { ForcedDown = down }
            : throw Fault.BadRequest("Missing forced_down field");
}
