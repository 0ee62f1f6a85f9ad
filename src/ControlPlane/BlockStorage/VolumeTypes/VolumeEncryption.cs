using System.Globalization;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Layers;
using Cumulet.ControlPlane.Layers.Keys;
using Cumulet.ControlPlane.Store;
using Cumulet.Disks.Encryption;

namespace Cumulet.ControlPlane.BlockStorage.VolumeTypes;

/// <summary>What a type's encryption means for volumes of it: which are possible here, and the key of a new one.</summary>
internal static class VolumeEncryption
{
    private const int DefaultBits = 256;

    // LUKS by the names that Cinder and Nova have given it over the years. What the second version adds (a slow hash for
    // passphrases, a second header) protects nothing here: keys are random, headers are written by us (decision 11).
    private static readonly string[] Providers =
        ["luks", "luks2", "nova.volume.encryptors.luks.LuksEncryptor", "os_brick.encryptors.luks.LuksEncryptor", "LuksEncryptor"];

    /// <summary>The key of a new volume of that type; null where the type asks for none.</summary>
    public static string? NewKey(Tx tx, LayersRoom layers, VolumeTypeRecord type, LayerHolder holder)
    {
        if (TypeEncryption.Find(tx, type.Id) is not { } encryption) return null;
        var bits = Bits(type, encryption);
        return Kept(() => layers.NewKey(tx, bits, holder));
    }

    /// <summary>The key of a copy of what another key encrypts; null for a copy of something plain.</summary>
    public static string? NewKeyLike(Tx tx, LayersRoom layers, string? key, LayerHolder holder) =>
        key is null ? null : Kept(() => layers.NewKeyLike(tx, key, holder));

    private static string Kept(Func<string> keep)
    {
        try
        {
            return keep();
        }
        catch (KeyLostException lost)
        {
            throw Fault.Unavailable($"A volume cannot be encrypted now: {lost.Message}.");
        }
    }

    /// <summary>
    /// Whether disks may go from the one type to the other as they are. Rule (Cinder): no, where the encryption differs;
    /// the record's own id and times do not count.
    /// </summary>
    public static bool Agree(Tx tx, string type, string other) =>
        type == other || Essence(TypeEncryption.Find(tx, type)) == Essence(TypeEncryption.Find(tx, other));

    private static (string Provider, string? Cipher, long? KeySize, string Control)? Essence(EncryptionRecord? encryption) =>
        encryption is null ? null : (encryption.Provider, encryption.Cipher, encryption.KeySize, encryption.ControlLocation);

    private static int Bits(VolumeTypeRecord type, EncryptionRecord encryption)
    {
        if (!Providers.Contains(encryption.Provider))
            throw No(type, "provider", encryption.Provider, "luks or luks2");
        if (encryption.ControlLocation != "front-end")
            throw No(type, "control_location", encryption.ControlLocation, "front-end: disks are encrypted where guests run");
        if (encryption.Cipher is not (null or LayerKey.Cipher))
            throw No(type, "cipher", encryption.Cipher, LayerKey.Cipher);
        var bits = encryption.KeySize ?? DefaultBits;
        if (!LayerKey.Sizes.Contains((int)bits))
            throw No(type, "key_size", bits.ToString(CultureInfo.InvariantCulture), string.Join(" or ", LayerKey.Sizes));
        return (int)bits;
    }

    private static Fault No(VolumeTypeRecord type, string field, string value, string mend) => BlockStorageFault.InvalidInput(
        $"Volume type {type.Name} asks for encryption with {field} '{value.Truncated()}', which this cloud does not have; set it to {mend}.");
}
