using System.Data.Common;

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
    public long Long() => _reader.GetInt64(_at++);
    public long? LongOrNull() => _reader.IsDBNull(_at) ? SkipValue<long>() : _reader.GetInt64(_at++);
    public int Int() => (int)_reader.GetInt64(_at++);
    public int? IntOrNull() => _reader.IsDBNull(_at) ? SkipValue<int>() : (int)_reader.GetInt64(_at++);
    public double Double() => _reader.GetDouble(_at++);
    public double? DoubleOrNull() => _reader.IsDBNull(_at) ? SkipValue<double>() : _reader.GetDouble(_at++);
    public bool Flag() => _reader.GetInt64(_at++) != 0;
    public bool? FlagOrNull() => _reader.IsDBNull(_at) ? SkipValue<bool>() : _reader.GetInt64(_at++) != 0;
    public DateTimeOffset Time() => StoredTime.FromMicroseconds(_reader.GetInt64(_at++));
    public DateTimeOffset? TimeOrNull() =>
        _reader.IsDBNull(_at) ? SkipValue<DateTimeOffset>() : StoredTime.FromMicroseconds(_reader.GetInt64(_at++));
    public byte[] Bytes() => _reader.GetFieldValue<byte[]>(_at++);
    public byte[]? BytesOrNull() => _reader.IsDBNull(_at) ? Skip<byte[]>() : _reader.GetFieldValue<byte[]>(_at++);

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
