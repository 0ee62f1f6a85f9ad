using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Tokens;

sealed class TokenIssue(Syntax syntax) : ShowCommand(syntax)
{
    public override string Description => "Issue new token";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var session = await call.Cloud.Session(cancellation);
        var expires = session.Body.Text("expires_at");
        List<(string, Cell)> fields = [("id", new Cell(session.Token))];
        if (expires is not null) fields.Insert(0, ("expires", new Cell(WithoutFraction(expires))));
        if (session.ProjectId is { } project) fields.Add(("project_id", new Cell(project)));
        if (session.Body.Field("domain").Text("id") is { } domain) fields.Add(("domain_id", new Cell(domain)));
        if (session.Body.Field("system") is not null) fields.Add(("system", new Cell("all")));
        if (session.UserId is { } user) fields.Add(("user_id", new Cell(user)));
        return Record.Sorted(fields);
    }

    /// <summary>Identity writes microseconds; the python client prints the time without them, and with its offset.</summary>
    private static string WithoutFraction(string time) => DateTimeOffset.TryParse(time, null,
        System.Globalization.DateTimeStyles.AssumeUniversal, out var moment)
        ? moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'+0000'", null) : time;
}
