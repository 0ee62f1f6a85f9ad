using System.Text.RegularExpressions;

namespace Cumulet.ControlPlane.BlockStorage.Backups.Target;

/// <summary>A bucket of an S3-compatible object store and the key that opens it. Its text names neither.</summary>
public sealed partial record BucketSettings
{
    private static readonly string[] Names = ["endpoint", "bucket", "region", "access_key", "secret_key", "path_style"];

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public required Uri Endpoint { get; init; }
    public required string Bucket { get; init; }
    /// <summary>What requests are signed for; most stores other than Amazon's have one region and call it so too.</summary>
    public string Region { get; init; } = "us-east-1";
    public required string AccessKey { get; init; }
    public required string SecretKey { get; init; }
    /// <summary>Whether the bucket is the first part of the path, which every store knows, or of the host's name.</summary>
    public bool PathStyle { get; init; } = true;

    /// <summary>How long a request that finds nobody, or a store that is too busy, is tried again.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    public override string ToString() => "a bucket";

    /// <summary>
    /// Reads <c>name = value</c> lines; empty ones and those that begin with <c>#</c> say nothing. The file holds a secret: whoever
    /// else can read it has the backups.
    /// </summary>
    /// <exception cref="FormatException">Says in one line what to mend, and nothing of what the file holds.</exception>
    public static BucketSettings Read(string path)
    {
        if ((File.GetUnixFileMode(path) & Others) != 0)
            throw new FormatException($"'{path}' holds a secret key and is open to others; run chmod 600 on it");
        var values = Values(path, File.ReadAllLines(path));
        string Must(string name) => values.GetValueOrDefault(name) ?? throw new FormatException($"'{path}' has no line '{name} = …'");
        return new BucketSettings
        {
            Endpoint = EndpointOf(path, Must("endpoint")),
            Bucket = Buckets().IsMatch(Must("bucket"))
                ? Must("bucket")
                : throw new FormatException($"'{path}': bucket is no name of a bucket: 3 to 63 letters, digits, '.', '-' and '_'"),
            Region = values.GetValueOrDefault("region") ?? "us-east-1",
            AccessKey = Must("access_key"),
            SecretKey = Must("secret_key"),
            PathStyle = values.GetValueOrDefault("path_style") switch
            {
                null or "true" => true,
                "false" => false,
                _ => throw new FormatException($"'{path}': path_style must be true or false"),
            },
        };
    }

    private static Dictionary<string, string> Values(string path, string[] lines)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = equals < 0 ? ("", "") : (line[..equals].TrimEnd(), line[(equals + 1)..].TrimStart());
            // The line itself is not repeated: it may be a secret in the wrong place.
            if (!Names.Contains(name))
                throw new FormatException($"'{path}', line {i + 1}: it must be NAME = VALUE, NAME one of {string.Join(", ", Names)}");
            if (value.Length == 0) throw new FormatException($"'{path}', line {i + 1}: {name} has no value");
            if (!values.TryAdd(name, value)) throw new FormatException($"'{path}', line {i + 1}: {name} is there twice");
        }
        return values;
    }

    private static Uri EndpointOf(string path, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" }
            && uri.AbsolutePath == "/"
            ? uri
            : throw new FormatException($"'{path}': endpoint must be the store's address without a path, such as https://s3.example.com");

    /// <summary>Amazon's rule, with the letters that other stores and its own earlier buckets have too.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]\z")]
    internal static partial Regex Buckets();
}
