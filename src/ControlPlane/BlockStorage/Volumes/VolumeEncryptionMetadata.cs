using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.VolumeTypes;

namespace Cumulet.ControlPlane.BlockStorage.Volumes;

/// <summary>volumes/{id}/encryption: how a volume is encrypted and what its key is called. The key itself is told to nobody.</summary>
internal sealed class VolumeEncryptionMetadata(BlockStorageRoom room)
{
    public Task<Reply> Show(ApiRequest request)
    {
        var (key, encryption) = Read(request);
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteString("encryption_key_id", key);
            if (encryption is not null) TypeEncryption.WriteSpecs(json, encryption);
            json.WriteEndObject();
        }));
    }

    /// <summary>One item of it, the bare value.</summary>
    public Task<Reply> ShowOne(ApiRequest request)
    {
        var (key, encryption) = Read(request);
        Action<Utf8JsonWriter>? write = (request[1], encryption) switch
        {
            ("encryption_key_id", _) => json => json.WriteStringValue(key),
            ("provider", { } found) => json => json.WriteStringValue(found.Provider),
            ("cipher", { } found) => json => json.WriteStringValue(found.Cipher),
            ("control_location", { } found) => json => json.WriteStringValue(found.ControlLocation),
            ("key_size", { KeySize: { } size }) => json => json.WriteNumberValue(size),
            ("key_size", { KeySize: null }) => json => json.WriteNullValue(),
            _ => null,
        };
        return Task.FromResult(write is null
            ? throw Fault.NotFound($"Volume {request[0].Truncated()} has no encryption item {request[1].Truncated()}.")
            : Reply.Ok(write));
    }

    private (string? Key, EncryptionRecord? Encryption) Read(ApiRequest request) => room.Parts.Database.Read(tx =>
    {
        var volume = VolumeAccess.Volume(tx, request, request[0]);
        return (volume.EncryptionKeyId, TypeEncryption.Find(tx, volume.VolumeTypeId));
    });
}
