using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.ApplicationCredentials;

sealed class ApplicationCredentialCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _name = syntax.Argument("<name>", "Name of the application credential");
    private readonly Option<string?> _secret = syntax.Value("--secret", "<secret>", "Secret; one is made if there is none");
    private readonly Option<string[]> _roles = syntax.Values("--role", "<role>", "Role it has (name or ID) (repeatable) (default: all of yours)");
    private readonly Option<string?> _expiration = syntax.Value("--expiration", "<expiration>", "When it ends: YYYY-mm-ddTHH:MM:SS");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Description");
    private readonly Option<bool> _unrestricted = syntax.Flag("--unrestricted", "It may make and delete application credentials and trusts");
    private readonly Option<bool> _restricted = syntax.Flag("--restricted", "It may not (default)");
    private readonly Option<string?> _rules = syntax.Value("--access-rules", "<access-rules>", "JSON, or a file of it, of the requests it may send");

    public override string Description => "Create new application credential";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var session = await call.Cloud.Session(cancellation);
        var body = new JsonObject { ["name"] = call[_name], ["unrestricted"] = call[_unrestricted] && !call[_restricted] };
        body.With("secret", call[_secret]).With("description", call[_description]);
        if (call[_expiration] is { } end)
        {
            if (!DateTime.TryParseExact(end, "yyyy-MM-dd'T'HH:mm:ss", null, System.Globalization.DateTimeStyles.None, out _))
                throw new CommandError($"time data '{end}' does not match format '%Y-%m-%dT%H:%M:%S'");
            body["expires_at"] = end + ".000000Z";
        }

        if (call.Has(_roles)) body["roles"] = new JsonArray([.. call[_roles].Select(role => new JsonObject { ["id"] = RoleId(session, role) })]);
        if (call[_rules] is { } rules) body["access_rules"] = Rules(call, rules);
        var answer = await call.Cloud.Identity.Post(await ApplicationCredentialFields.Path(call, cancellation),
            new JsonObject { ["application_credential"] = body }, cancellation);
        return ApplicationCredentialFields.Show(answer["application_credential"]!.AsObject());
    }

    /// <summary>One can give away only what one has, and that is in the token.</summary>
    private static string RoleId(Connection.Session session, string role) =>
        session.Body.Items("roles").FirstOrDefault(own => own.Text("id") == role || own.Text("name") == role)?.Id() ?? role;

    private static JsonNode? Rules(Call call, string text)
    {
        try
        {
            var file = Path.Combine(call.Terminal.Folder, text);
            return JsonNode.Parse(File.Exists(file) ? File.ReadAllText(file) : text);
        }
        catch (System.Text.Json.JsonException)
        {
            throw new CommandError("Access rules is not valid JSON string or file does not exist.");
        }
    }
}
