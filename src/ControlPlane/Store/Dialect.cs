namespace Cumulet.ControlPlane.Store;

/// <summary>Where the two databases differ; everything else is the same SQL on both.</summary>
public abstract class Dialect
{
    public abstract string Name { get; }

    /// <summary>Rewrites the schema's one foreign word: <c>BYTES</c>.</summary>
    public abstract string Schema(string sql);

    /// <summary>Column matches a regular expression, ignoring case as MySQL does for the real services.</summary>
    public abstract Sql Matches(string column, string pattern);

    /// <summary>Column contains a text, ignoring case.</summary>
    public Sql Contains(string column, string text)
    {
        var like = "%" + text.Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_") + "%";
        return new Sql().Add(Sql.Raw($"LOWER({column}) LIKE LOWER(")).Add($"{like}").Add(Sql.Raw(") ESCAPE '\\'"));
    }

    public sealed class Sqlite : Dialect
    {
        public override string Name => "sqlite";
        public override string Schema(string sql) => sql.Replace(" BYTES", " BLOB", StringComparison.Ordinal);
        public override Sql Matches(string column, string pattern) =>
            new Sql().Add(Sql.Raw($"{column} REGEXP ")).Add($"{pattern}");
    }

    public sealed class Postgres : Dialect
    {
        public override string Name => "postgresql";
        public override string Schema(string sql) => sql.Replace(" BYTES", " BYTEA", StringComparison.Ordinal);
        public override Sql Matches(string column, string pattern) =>
            new Sql().Add(Sql.Raw($"{column} ~* ")).Add($"{pattern}");
    }
}
