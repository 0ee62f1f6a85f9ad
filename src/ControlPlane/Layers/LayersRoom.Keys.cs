using System.Security.Cryptography;
using Cumulet.ControlPlane.Layers.Keys;
using Cumulet.ControlPlane.Store;
using Cumulet.Disks;
using Cumulet.Disks.Encryption;

namespace Cumulet.ControlPlane.Layers;

/// <summary>
/// Keys of encrypted layers (docs/decisions/0011). A volume has one and its layers are encrypted with it; what is cloned from
/// it writes with a key of its own and goes on reading what lies below with this one. So a key lives as long as a layer needs
/// it, also when its volume has gone, and then nothing that was written with it can be read any more.
/// </summary>
public sealed partial class LayersRoom
{
    private readonly MasterKey _master;

    /// <summary>A new random key, kept for the holder until <see cref="ReleaseKey"/>.</summary>
    /// <param name="bits">Of the cipher's key: one of <see cref="LayerKey.Sizes"/>.</param>
    /// <exception cref="KeyLostException">There is no master key to wrap it with.</exception>
    public string NewKey(Tx tx, int bits, LayerHolder holder)
    {
        var id = Guid.NewGuid().ToString();
        Span<byte> secret = stackalloc byte[LayerKey.SecretBytes];
        RandomNumberGenerator.Fill(secret);
        KeyStore.Insert(tx, new KeyRow(id, bits, _master.Wrap(id, secret)), _parts.Time.GetUtcNow());
        CryptographicOperations.ZeroMemory(secret);
        KeyStore.Hold(tx, id, holder);
        return id;
    }

    /// <summary>A new key of the same kind as another.</summary>
    public string NewKeyLike(Tx tx, string other, LayerHolder holder) => NewKey(tx, (int)KeyStore.Of(tx, [other]).Single().Bits, holder);

    /// <summary>One more who needs a key that is there.</summary>
    public void HoldKey(Tx tx, string id, LayerHolder holder) => KeyStore.Hold(tx, id, holder);

    /// <summary>The holder needs its key no more. Twice is once.</summary>
    public void ReleaseKey(Tx tx, LayerHolder holder)
    {
        var id = KeyStore.HeldBy(tx, holder);
        KeyStore.Drop(tx, holder);
        if (id is not null) KeyStore.ForgetIfUnused(tx, id);
    }

    private List<LayerRef> RefsOf(Guid top) => _parts.Database.Read(tx => RefsOf(tx, LayerStore.Chain(tx, top)));

    private List<LayerRef> RefsOf(Tx tx, List<Layer> layers)
    {
        string[] ids = [.. layers.Select(l => l.KeyId).OfType<string>().Distinct()];
        var keys = ids.Length == 0 ? [] : KeyStore.Of(tx, ids).ToDictionary(k => k.Id, Unwrap);
        return layers.ConvertAll(l => new LayerRef(l.Id, l.Format, l.KeyId is null ? null : keys.GetValueOrDefault(l.KeyId) ?? throw Lost(l)));
    }

    private LayerKey? KeyOf(Layer layer) => _parts.Database.Read(tx => RefsOf(tx, [layer]))[0].Key;

    private static KeyLostException Lost(Layer layer) => new($"layer {layer.Id} is encrypted with the key {layer.KeyId}, which is not there");

    private LayerKey Unwrap(KeyRow key)
    {
        var secret = _master.Unwrap(key.Id, key.Wrapped);
        try
        {
            return LayerKey.Of(secret, (int)key.Bits);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    // In the transaction that removes a layer's row.
    private static void ForgetKeyOf(Tx tx, Layer? layer)
    {
        if (layer?.KeyId is { } key) KeyStore.ForgetIfUnused(tx, key);
    }

    /// <summary>Keys against layers and holders, and whether every key opens.</summary>
    public IReadOnlyList<string> AuditKeys()
    {
        var (findings, keys) = _parts.Database.Read(tx => (KeyStore.Disagreements(tx), KeyStore.All(tx)));
        foreach (var key in keys)
        {
            try
            {
                _ = Unwrap(key);
            }
            catch (KeyLostException lost)
            {
                findings.Add(lost.Message);
            }
        }
        return findings;
    }

    /// <summary>The keys in the clear, so that the audit can look for them where they must not be; those that open.</summary>
    internal IReadOnlyList<string> Passphrases()
    {
        var found = new List<string>();
        foreach (var key in _parts.Database.Read(KeyStore.All))
        {
            try
            {
                found.Add(Unwrap(key).Passphrase);
            }
            catch (KeyLostException)
            {
                // It is named by AuditKeys, and a key that does not open is in nobody's hands.
            }
        }
        return found;
    }
}
