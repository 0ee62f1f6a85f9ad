using System.Data.Common;
using Npgsql;

namespace Cumulet.ControlPlane.Store;

/// <summary>
/// One row being read, column after column in the order of the select list: an object initialiser that names its members
/// in that order reads like the statement.
/// </summary>
public sealed class Row
{
    private DbDataReader _reader = null!;
    private int _at;

    internal Row On(DbDataReader reader)
    {
        _reader = reader;
        _at = 0;
        return this;
    }

    internal void Rewind() => _at = 0;

    public string Text() => _reader.GetString(_at++);
    public string? TextOrNull() => _reader.IsDBNull(_at) ? Skip<string>() : _reader.GetString(_at++);
    public long Long() => Whole();
    public long? LongOrNull() => _reader.IsDBNull(_at) ? SkipValue<long>() : Whole();
    public int Int() => (int)Whole();
    public int? IntOrNull() => _reader.IsDBNull(_at) ? SkipValue<int>() : (int)Whole();
    public double Double() => _reader.GetDouble(_at++);
    public double? DoubleOrNull() => _reader.IsDBNull(_at) ? SkipValue<double>() : _reader.GetDouble(_at++);
    public bool Flag() => Whole() != 0;
    public bool? FlagOrNull() => _reader.IsDBNull(_at) ? SkipValue<bool>() : Whole() != 0;
    public DateTimeOffset Time() => StoredTime.FromMicroseconds(Whole());
    public DateTimeOffset? TimeOrNull() =>
        _reader.IsDBNull(_at) ? SkipValue<DateTimeOffset>() : StoredTime.FromMicroseconds(Whole());
    public byte[] Bytes() => _reader.GetFieldValue<byte[]>(_at++);
    public byte[]? BytesOrNull() => _reader.IsDBNull(_at) ? Skip<byte[]>() : _reader.GetFieldValue<byte[]>(_at++);

    // PostgreSQL's sum of BIGINT is a numeric.
    private long Whole() => _reader is NpgsqlDataReader && _reader.GetFieldType(_at) == typeof(decimal)
        ? (long)_reader.GetDecimal(_at++)
        : _reader.GetInt64(_at++);

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
