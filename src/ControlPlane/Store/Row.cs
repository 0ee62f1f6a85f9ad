using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Cumulet.ControlPlane.Store;

/// <summary>
/// One row being read, column after column in the order of the select list: an object initialiser that names its members
/// in that order reads like the statement.
/// </summary>
public sealed class Row
{
    private DbDataReader _reader = null!;
    // SQLite's own handle of the statement; 0 on PostgreSQL.
    private nint _statement;
    private int _at;

    internal Row On(DbDataReader reader)
    {
        _reader = reader;
        _statement = reader is SqliteDataReader { Handle: { } handle } ? handle.DangerousGetHandle() : 0;
        _at = 0;
        return this;
    }

    internal void Rewind() => _at = 0;

    public string Text() => _statement != 0 ? SqliteLibrary.Text(_statement, _at++) : _reader.GetString(_at++);
    public string? TextOrNull() => IsNull() ? Skip<string>() : Text();
    public long Long() => Whole();
    public long? LongOrNull() => IsNull() ? SkipValue<long>() : Whole();
    public int Int() => (int)Whole();
    public int? IntOrNull() => IsNull() ? SkipValue<int>() : (int)Whole();
    public double Double() => _reader.GetDouble(_at++);
    public double? DoubleOrNull() => IsNull() ? SkipValue<double>() : _reader.GetDouble(_at++);
    public bool Flag() => Whole() != 0;
    public bool? FlagOrNull() => IsNull() ? SkipValue<bool>() : Whole() != 0;
    public DateTimeOffset Time() => StoredTime.FromMicroseconds(Whole());
    public DateTimeOffset? TimeOrNull() => IsNull() ? SkipValue<DateTimeOffset>() : StoredTime.FromMicroseconds(Whole());
    public byte[] Bytes() => _reader.GetFieldValue<byte[]>(_at++);
    public byte[]? BytesOrNull() => IsNull() ? Skip<byte[]>() : _reader.GetFieldValue<byte[]>(_at++);

    private bool IsNull() => _statement != 0 ? SqliteLibrary.IsNull(_statement, _at) : _reader.IsDBNull(_at);

    private long Whole()
    {
        if (_statement != 0) return SqliteLibrary.Whole(_statement, _at++);
        // PostgreSQL's sum of BIGINT is a numeric.
        return _reader.GetFieldType(_at) == typeof(decimal) ? (long)_reader.GetDecimal(_at++) : _reader.GetInt64(_at++);
    }

    private T? Skip<T>() where T : class
    {
        _at++;
        return null;
    }

    private T? SkipValue<T>() where T : struct
    {
        _at++;
        return null;
    }
}
