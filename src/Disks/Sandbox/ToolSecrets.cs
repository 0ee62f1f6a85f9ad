using System.Security.Cryptography;
using System.Text;

namespace Cumulet.Disks.Sandbox;

// A tool may need several keys and can be told one thing in private: what it reads from its standard input. So that is a
// key made for this run, and the layers' keys stand in the arguments encrypted with it, where they tell nobody anything.

/// <summary>How one run of the tool gets the keys of the layers it opens.</summary>
internal sealed class ToolSecrets : IDisposable
{
    private const string Master = "keys";
    private readonly byte[] _master;

    private ToolSecrets(byte[] master, string[] arguments) => (_master, Arguments) = (master, arguments);

    /// <summary>For after the tool's verb; empty where nothing is encrypted.</summary>
    public IReadOnlyList<string> Arguments { get; }

    public static ToolSecrets Of(IReadOnlyList<DiskLayer> encrypted)
    {
        if (encrypted.Count == 0)
        {
            return new([], []);
        }

        var master = RandomNumberGenerator.GetBytes(32);
        using var cipher = Aes.Create();
        cipher.SetKey(master);
        return new(master,
        [
            "--object", $"secret,id={Master},format=base64,file=/dev/stdin",
            .. encrypted.DistinctBy(l => l.Id).SelectMany(l => (string[])["--object", Wrapped(cipher, l)]),
        ]);
    }

    private static string Wrapped(Aes cipher, DiskLayer layer)
    {
        var iv = RandomNumberGenerator.GetBytes(16);
        var data = Convert.ToBase64String(cipher.EncryptCbc(Encoding.ASCII.GetBytes(layer.Key!.Passphrase), iv));
        return $"secret,id={layer.SecretId},keyid={Master},iv={Convert.ToBase64String(iv)},format=base64,data={data}";
    }

    /// <summary>Writes what the arguments were encrypted with, and closes the tool's input.</summary>
    public async Task GiveAsync(Stream input)
    {
        await using (input.ConfigureAwait(false))
        {
            try
            {
                await input.WriteAsync(Encoding.ASCII.GetBytes(Convert.ToBase64String(_master))).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // It has ended already; its exit code says why.
            }
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_master);
}
