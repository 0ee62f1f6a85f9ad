using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Types;

/// <summary>The <c>--encryption-*</c> options of a volume type: how its volumes are encrypted.</summary>
sealed class EncryptionOptions(Syntax syntax)
{
    private readonly Option<string?> _provider = syntax.Value("--encryption-provider", "<provider>", "Format: luks, plain (admin only)");
    private readonly Option<string?> _cipher = syntax.Value("--encryption-cipher", "<cipher>", "Algorithm: aes-xts-plain64 (admin only)");
    private readonly Option<string?> _keySize = syntax.Value("--encryption-key-size", "<key-size>", "Bits of the key (admin only)");
    private readonly Option<string?> _location = syntax.Value("--encryption-control-location", "<control-location>",
        "Where it is encrypted (default front-end) (admin only)", "front-end", "back-end");

    public bool AreGiven(Call call) => call.Has(_provider) || call.Has(_cipher) || call.Has(_keySize) || call.Has(_location);

    /// <summary>Refuses what cannot make an encryption, before anything else is made.</summary>
    /// <exception cref="CommandError">The provider is missing.</exception>
    public void CheckForCreation(Call call)
    {
        if (AreGiven(call) && call[_provider] is null)
            throw new CommandError("'--encryption-provider' should be specified while creating a new encryption type");
    }

    public async Task<JsonObject> Create(Call call, string type, CancellationToken cancellation)
    {
        CheckForCreation(call);
        var body = new JsonObject
        {
            ["provider"] = call[_provider], ["cipher"] = call[_cipher], ["key_size"] = call.Number(_keySize),
            ["control_location"] = call[_location] ?? "front-end",
        };
        var answer = await call.Cloud.Volume.Post($"/types/{type}/encryption", new JsonObject { ["encryption"] = body }, cancellation);
        return answer["encryption"]!.AsObject();
    }

    /// <summary>Changes the encryption that is there; a type that has none gets one.</summary>
    public async Task Set(Call call, string type, CancellationToken cancellation)
    {
        var body = new JsonObject().With("provider", call[_provider]).With("cipher", call[_cipher]).With("key_size", call.Number(_keySize))
            .With("control_location", call[_location]);
        try
        {
            await call.Cloud.Volume.Put($"/types/{type}/encryption/provider", new JsonObject { ["encryption"] = body }, cancellation);
        }
        catch (ApiError error) when (error.Status == 404)
        {
            call.Terminal.Error.WriteLine("No existing encryption type found, creating new encryption type for this volume type ...");
            await Create(call, type, cancellation);
        }
    }

    /// <summary>How it is shown beside its type, whose id nobody needs twice.</summary>
    public static JsonObject Shown(JsonObject encryption, params string[] without) => new(encryption
        .Where(pair => pair.Key != "volume_type_id" && !without.Contains(pair.Key))
        .Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Copy())));

    /// <summary>The encryption of a type; empty when it has none.</summary>
    public static Task<JsonObject> Of(ServiceClient client, string type, CancellationToken cancellation) =>
        client.Get($"/types/{type}/encryption", cancellation);
}
