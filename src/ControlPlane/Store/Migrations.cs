using System.Text;
using System.Text.RegularExpressions;

namespace Cumulet.ControlPlane.Store;

/// <summary>The state folder was written by a newer version of the program.</summary>
public sealed class NewerStateException(string message) : Exception(message);

/// <summary>
/// The schema, as numbered SQL files in each room's <c>Migrations</c> folder (<c>Identity/Migrations/0001.sql</c>), embedded
/// in the binary and applied once each, in one transaction at start. A file that has been released is never edited.
/// </summary>
public static partial class Migrations
{
    private const string Prefix = "migrations/";

    /// <summary>In one transaction, so that of two programs that start on one PostgreSQL one waits for the other.</summary>
    public static Task Apply(Database database, TimeProvider time) => Apply(database, time, Ours());

    internal static Task Apply(Database database, TimeProvider time, IReadOnlyList<string> ours) => database.Write(tx =>
    {
        tx.Execute($"CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at BIGINT NOT NULL)");
        var known = tx.Query($"SELECT name FROM migrations", row => row.Text()).ToHashSet();
        if (known.Except(ours).FirstOrDefault() is { } newer)
            throw new NewerStateException(
                $"the state was written by a newer cumulet (it knows the schema '{newer}'); start that version, or name another --state folder");
        foreach (var name in ours.Where(n => !known.Contains(n)))
        {
            tx.Execute(Sql.Raw(tx.Dialect.Schema(Read(name))));
            tx.Execute($"INSERT INTO migrations (name, applied_at) VALUES ({name}, {time.GetUtcNow()})");
        }
    });

    /// <summary>
    /// Leaves a PostgreSQL database as the migrations alone would. Where it has this version's schema only the rows go, since
    /// to make some hundred tables anew takes a second; what the migrations themselves put in is put in again.
    /// </summary>
    public static async Task Empty(string connectionString)
    {
        using var database = Database.OpenPostgres(connectionString);
        await database.Write(tx =>
        {
            var tables = tx.Query($"SELECT tablename FROM pg_tables WHERE schemaname = current_schema()", row => row.Text());
            if (!tables.Remove("migrations")) return;
            var ours = Ours();
            var isOurs = tx.Query($"SELECT name FROM migrations", row => row.Text()).ToHashSet().SetEquals(ours);
            tx.Execute(Sql.Raw(string.Concat(isOurs
                ? tables.Select(table => $"DELETE FROM \"{table}\";").Concat(ours.SelectMany(name => FirstRows().Matches(Read(name))).Select(m => m.Value))
                : tables.Append("migrations").Select(table => $"DROP TABLE IF EXISTS \"{table}\" CASCADE;"))));
        });
    }

    [GeneratedRegex(@"^INSERT INTO [^;]+;", RegexOptions.Multiline)]
    private static partial Regex FirstRows();

    internal static IReadOnlyList<string> Ours() => [.. typeof(Migrations).Assembly.GetManifestResourceNames()
        .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
        .Select(n => n[Prefix.Length..].Replace("Migrations/", "", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)];

    private static string Read(string name)
    {
        var slash = name.LastIndexOf('/');
        var resource = $"{Prefix}{name[..slash]}/Migrations/{name[(slash + 1)..]}";
        using var stream = typeof(Migrations).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"no embedded schema {resource}");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
