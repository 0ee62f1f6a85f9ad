using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Ec2Credentials;

/// <summary>EC2 credentials belong to a user: the one that is named, or who asks.</summary>
static class Ec2Credential
{
    public static async Task<string> Path(Call call, UserOption user, CancellationToken cancellation) =>
        $"/users/{await user.Id(call, cancellation) ?? (await call.Cloud.Session(cancellation)).UserId}/credentials/OS-EC2";

    /// <summary>The API says tenant where all else says project.</summary>
    public static Record Show(JsonObject answer) => Record.Sorted(answer["credential"]!.AsObject()
        .Select(pair => (pair.Key == "tenant_id" ? "project_id" : pair.Key, Cell.Plain(pair.Value.Copy()))));
}
