using System.Globalization;
using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Trusts;

sealed class TrustCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _trustor = syntax.Argument("<trustor-user>", "User that lets the other act (name or ID)");
    private readonly Argument<string> _trustee = syntax.Argument("<trustee-user>", "User that may act (name or ID)");
    private readonly Option<string?> _project = syntax.Needed("--project", "<project>", "Project to act in (name or ID)");
    private readonly Option<string[]> _roles = syntax.NeededValues("--role", "<role>", "Role to act with (name or ID) (repeatable)");
    private readonly Option<bool> _impersonate = syntax.Flag("--impersonate", "Act as the trustor, not as oneself");
    private readonly Option<string?> _expiration = syntax.Value("--expiration", "<expiration>", "When it ends: YYYY-mm-ddTHH:MM:SS");
    private readonly Option<string?> _projectDomain =
        syntax.Value("--project-domain", "<project-domain>", "Domain the project is in (name or ID)");
    private readonly Option<string?> _trustorDomain =
        syntax.Value("--trustor-domain", "<trustor-domain>", "Domain of the trustor (name or ID)");
    private readonly Option<string?> _trusteeDomain =
        syntax.Value("--trustee-domain", "<trustee-domain>", "Domain of the trustee (name or ID)");

    public override string Description => "Create new trust";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var expires = call[_expiration] is { } text ? Moment(text) : null;
        async Task<string> Id(Resource resource, string name, Option<string?> domain) => await Ids.Of(call.Cloud, resource, name,
            await call.Cloud.FindIdOrNull(Resources.Domain, call[domain], cancellation), cancellation);
        var body = new JsonObject
        {
            ["trustor_user_id"] = await Id(Resources.User, call[_trustor], _trustorDomain),
            ["trustee_user_id"] = await Id(Resources.User, call[_trustee], _trusteeDomain),
            ["project_id"] = await Id(Resources.Project, call[_project]!, _projectDomain), ["impersonation"] = call[_impersonate],
        };
        var roles = new JsonArray();
        foreach (var role in call[_roles])
            roles.Add((JsonNode)new JsonObject { ["id"] = await Ids.Of(call.Cloud, Resources.Role, role, null, cancellation) });
        body["roles"] = roles;
        body.With("expires_at", expires);
        var answer = await call.Cloud.Identity.Post("/OS-TRUST/trusts", new JsonObject { ["trust"] = body }, cancellation);
        return TrustFields.Show(answer["trust"]!.AsObject());
    }

    private static string Moment(string text) =>
        DateTime.TryParseExact(text, "yyyy-M-d'T'H:m:s", CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment)
            ? moment.ToString("yyyy-MM-dd'T'HH:mm:ss'.000000Z'", CultureInfo.InvariantCulture)
            : throw new CommandError($"time data '{text}' does not match format '%Y-%m-%dT%H:%M:%S'");
}
