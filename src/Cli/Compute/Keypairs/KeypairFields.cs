using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Keypairs;

/// <summary>What of a keypair is shown: all but the keys themselves.</summary>
static class KeypairFields
{
    private static readonly Fields All = new("created_at fingerprint id=name is_deleted=deleted name type user_id", []);

    /// <summary>Just made.</summary>
    public static Record Created(JsonObject keypair) => All.Show(WithType(keypair));

    public static Record Show(JsonObject keypair) => Record.Sorted(All.Show(WithType(keypair)).Fields.Append(("private_key", new Cell(null))));

    /// <summary>Before 2.2 there was one type, and it was not said.</summary>
    private static JsonObject WithType(JsonObject keypair)
    {
        keypair["type"] ??= "ssh";
        return keypair;
    }
}
