using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Quotas;

/// <summary>
/// Quota classes: only "default" has an effect, which is the limit of every project that has none of its own. Groups are
/// shown since 2.50, when networks went.
/// </summary>
internal sealed class QuotaClassSets(Database database)
{
    private const int WithoutNetworks = 50;
    private static readonly Shape Limit = Shape.Integer(-1, int.MaxValue);

    private static readonly Shape Change = Shape.Object([.. ComputeQuotas.Defaults.Select(d => d.Resource switch
    {
        "fixed_ips" or "floating_ips" or "security_groups" or "security_group_rules" => Member.May(d.Resource, Limit).Until(2, 49),
        "injected_files" or "injected_file_content_bytes" or "injected_file_path_bytes" => Member.May(d.Resource, Limit).Until(2, 56),
        _ => Member.May(d.Resource, Limit),
    })]);

    public static void Map(RouteTable routes, Database database)
    {
        var classes = new QuotaClassSets(database);
        routes.Get("v2.1/os-quota-class-sets/{class}", "os_compute_api:os-quota-class-sets:show", classes.Show);
        routes.Put("v2.1/os-quota-class-sets/{class}", "os_compute_api:os-quota-class-sets:update", classes.Update);
    }

    private Task<Reply> Show(ApiRequest request) => Task.FromResult(
        Answer(request, database.Read(tx => ComputeQuotas.OfClass(tx, request[0])), withId: true));

    private async Task<Reply> Update(ApiRequest request)
    {
        if (request[0].Length > 255)
            throw Fault.BadRequest("Invalid input received: quota_class_name has more than 255 characters.");
        var body = await request.Body("quota_class_set", Change);
        return Answer(request, await database.Write(tx =>
        {
            foreach (var member in body.EnumerateObject())
                if (body.GetLong(member.Name) is { } limit) ComputeQuotas.SetClass(tx, request[0], member.Name, limit);
            return ComputeQuotas.OfClass(tx, request[0]);
        }), withId: false);
    }

    private static Reply Answer(ApiRequest request, Dictionary<string, long> limits, bool withId) => Reply.Ok(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("quota_class_set");
        if (withId) json.WriteString("id", request[0]);
        QuotaSets.WriteLimits(json, limits, ComputeQuotas.KnownAt(request.Version, WithoutNetworks)
            .Where(r => request.At(2, 50) || !r.StartsWith("server_group", StringComparison.Ordinal)));
        json.WriteEndObject();
        json.WriteEndObject();
    });
}
