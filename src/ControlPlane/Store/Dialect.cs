using System.Buffers;
using System.Data.Common;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using NpgsqlTypes;

namespace Cumulet.ControlPlane.Store;

/// <summary>Where the two databases differ; everything else is the same SQL on both.</summary>
public abstract class Dialect
{
    private const int MaxPattern = 1024;

    public abstract string Name { get; }

    /// <summary>Rewrites the schema's one foreign word: <c>BYTES</c>.</summary>
    public abstract string Schema(string sql);

    /// <summary>How a list of texts begins in <see cref="Sql"/>: as SQLite has it, with the list as a JSON array.</summary>
    internal const string ListBegin = "(SELECT value FROM json_each(";

    /// <summary>Rewrites the queries' one foreign expression: <see cref="ListBegin"/>.</summary>
    public abstract string Statement(string sql);

    internal abstract void Bind(DbParameter parameter, IReadOnlyCollection<string> list);

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
        public override string Statement(string sql) => sql;

        private static readonly SearchValues<char> Plain =
            SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.: ");

        internal override void Bind(DbParameter parameter, IReadOnlyCollection<string> list)
        {
            var json = new StringBuilder(40 * list.Count + 2).Append('[');
            foreach (var text in list)
            {
                if (json.Length > 1) json.Append(',');
                // Nearly all are ids, which need no escaping.
                json.Append('"').Append(text.AsSpan().ContainsAnyExcept(Plain) ? JsonEncodedText.Encode(text).Value : text).Append('"');
            }
            parameter.DbType = System.Data.DbType.String;
            parameter.Value = json.Append(']').ToString();
        }

        public override Sql Matches(string column, string pattern)
        {
            _ = Compiled(pattern);
            return new Sql().Add(Sql.Raw($"{column} REGEXP ")).Add($"{pattern}");
        }

        /// <summary>What the SQL function <c>regexp</c> answers.</summary>
        internal static bool IsMatch(string value, string pattern) => Compiled(pattern).IsMatch(value);

        [ThreadStatic]
        private static (string Pattern, Regex Regex)? _last;

        // A caller's pattern may be one that backtracks for ever: this engine does not backtrack, its time grows with the text only.
        private static Regex Compiled(string pattern)
        {
            if (_last is { } last && last.Pattern == pattern) return last.Regex;
            if (pattern.Length > MaxPattern) throw new BadValueException($"a regular expression may have {MaxPattern} characters at most");
            try
            {
                var regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
                _last = (pattern, regex);
                return regex;
            }
            catch (Exception bad) when (bad is ArgumentException or NotSupportedException)
            {
                throw new BadValueException($"'{pattern}' is not a valid regular expression", bad);
            }
        }
    }

    public sealed class Postgres : Dialect
    {
        public override string Name => "postgresql";
        public override string Schema(string sql) => sql.Replace(" BYTES", " BYTEA", StringComparison.Ordinal);
        public override string Statement(string sql) => sql.Replace(ListBegin, "(SELECT unnest(", StringComparison.Ordinal);

        internal override void Bind(DbParameter parameter, IReadOnlyCollection<string> list)
        {
            ((NpgsqlParameter)parameter).NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text;
            parameter.Value = list as string[] ?? [.. list];
        }

        public override Sql Matches(string column, string pattern) => pattern.Length <= MaxPattern
            ? new Sql().Add(Sql.Raw($"{column} ~* ")).Add($"{pattern}")
            : throw new BadValueException($"a regular expression may have {MaxPattern} characters at most");
    }
}
