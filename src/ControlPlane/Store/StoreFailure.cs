using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Cumulet.ControlPlane.Store;

/// <summary>The database cannot be asked now: lost, locked by another program, stopping. Worth trying again later.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The disk under the database is full.</summary>
public sealed class StoreFullException(Exception inner) : Exception("the disk that holds the cloud's database is full", inner);

/// <summary>A caller's value that the database cannot take: a regular expression that is none, a text with a NUL in it.</summary>
public sealed class BadValueException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Gives the failures of the two databases that a caller must tell apart one name each; others stay what they are.</summary>
internal static class StoreFailure
{
    // https://sqlite.org/rescode.html
    private const int SqliteBusy = 5, SqliteLocked = 6, SqliteReadOnly = 8, SqliteIoError = 10, SqliteCorrupt = 11, SqliteFull = 13,
        SqliteCannotOpen = 14, SqliteNotADatabase = 26;

    public static Exception Named(Exception failure) => failure switch
    {
        SqliteException { SqliteErrorCode: SqliteFull } => new StoreFullException(failure),
        SqliteException { SqliteErrorCode: SqliteBusy or SqliteLocked } =>
            new StoreUnavailableException("the database is locked by another program", failure),
        SqliteException { SqliteErrorCode: SqliteReadOnly or SqliteIoError or SqliteCannotOpen } =>
            new StoreUnavailableException("the database file cannot be read or written", failure),
        // A disk that fails to read looks like this too.
        SqliteException { SqliteErrorCode: SqliteCorrupt or SqliteNotADatabase } =>
            new StoreUnavailableException("the database file, or the disk that it is on, is damaged", failure),
        // https://www.postgresql.org/docs/current/errcodes-appendix.html
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => new StoreFullException(failure),
        PostgresException { SqlState: PostgresErrorCodes.InvalidRegularExpression } =>
            new BadValueException("it is not a valid regular expression", failure),
        PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter } =>
            new BadValueException("a text holds a character that cannot be stored", failure),
        PostgresException postgres when IsPassing(postgres.SqlState) =>
            new StoreUnavailableException("the database refuses to work now", failure),
        PostgresException => failure,
        NpgsqlException => new StoreUnavailableException("the database cannot be reached", failure),
        _ => failure,
    };

    // Classes: connection exception, insufficient resources, operator intervention; deadlock, lock not available, read only.
    private static bool IsPassing(string state) =>
        state[..2] is "08" or "53" or "57" || state is "40001" or "40P01" or "55P03" or "25006";

    public static bool IsOfStore(Exception failure) =>
        failure is DbException or StoreUnavailableException or StoreFullException;
}
