using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Policies;

/// <summary>A policy is shown with its rules under the name of their option.</summary>
static class PolicyFields
{
    public static Record Show(JsonObject policy) => Record.Sorted(policy.Where(pair => pair.Key != "links")
        .Select(pair => (pair.Key == "blob" ? "rules" : pair.Key, Cell.Plain(pair.Value.Copy()))));
}
