namespace Cumulet.Qemu;

/// <summary>The passphrase that opens an encrypted layer (LUKS inside qcow2). Prints as nothing, wherever it is printed.</summary>
public sealed class LayerSecret(string passphrase)
{
    internal string Passphrase => passphrase;

    public override string ToString() => "a secret";
}
