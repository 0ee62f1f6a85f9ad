using System.Runtime.InteropServices;
using System.Text;
using SQLitePCL;

namespace Cumulet.ControlPlane.Store;

/// <summary>
/// SQLite itself, where the driver's way to it is too long: a list of a hundred servers reads ten thousand values, and the
/// driver asks four questions for each, every one under two locks.
/// </summary>
internal static partial class SqliteLibrary
{
    private const string Library = "e_sqlite3";
    // https://sqlite.org/c3ref/c_blob.html
    private const int Null = 5;

    private static readonly Lock Preparing = new();
    private static bool _isPrepared;

    /// <summary>Before the first connection: no locks inside SQLite. A connection here is used by one thread at a time.</summary>
    public static void Prepare()
    {
        lock (Preparing)
        {
            if (_isPrepared) return;
            Batteries_V2.Init();
            raw.sqlite3_shutdown();
            raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
            raw.sqlite3_initialize();
            _isPrepared = true;
        }
    }

    public static bool IsNull(nint statement, int column) => sqlite3_column_type(statement, column) == Null;

    public static long Whole(nint statement, int column) => IsNull(statement, column) ? throw Missing(column) : sqlite3_column_int64(statement, column);

    public static unsafe string Text(nint statement, int column)
    {
        var text = sqlite3_column_text(statement, column);
        if (text == null) throw Missing(column);
        return Encoding.UTF8.GetString(text, sqlite3_column_bytes(statement, column));
    }

    private static InvalidCastException Missing(int column) => new($"column {column} is null and may not be");

    [LibraryImport(Library), SuppressGCTransition]
    private static partial int sqlite3_column_type(nint statement, int column);

    [LibraryImport(Library), SuppressGCTransition]
    private static partial long sqlite3_column_int64(nint statement, int column);

    [LibraryImport(Library), SuppressGCTransition]
    private static unsafe partial byte* sqlite3_column_text(nint statement, int column);

    [LibraryImport(Library), SuppressGCTransition]
    private static partial int sqlite3_column_bytes(nint statement, int column);
}
