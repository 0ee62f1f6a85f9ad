using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Identity.Trusts;

/// <summary>A trust is shown with the names of its roles.</summary>
static class TrustFields
{
    public static Record Show(JsonObject trust)
    {
        var fields = trust.Where(pair => pair.Key is not ("links" or "roles_links" or "roles"))
            .Select(pair => (pair.Key, Cell.Plain(pair.Value.Copy()))).ToList();
        fields.Add(("roles", new Cell(string.Join(' ', trust.Items("roles").Select(role => role.Text("name"))))));
        return Record.Sorted(fields);
    }
}
