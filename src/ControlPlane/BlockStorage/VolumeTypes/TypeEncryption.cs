using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.VolumeTypes;

internal sealed record EncryptionRecord(
    string TypeId, string Id, string Provider, string? Cipher, long? KeySize, string ControlLocation, DateTimeOffset CreatedAt, DateTimeOffset? UpdatedAt);

/// <summary>
/// types/{id}/encryption: how volumes of a type are encrypted. Whatever an administrator writes is kept, as in Cinder; what it
/// means for a volume is looked at when one is made (<see cref="VolumeEncryption"/>).
/// </summary>
internal sealed class TypeEncryption(BlockStorageRoom room)
{
    private static readonly ObjectShape CreateShape = Shape.Object(
        Member.Must("provider", Shape.Text(1, 255)),
        Member.Must("control_location", Shape.OneOf("front-end", "back-end")),
        Member.May("cipher", BodyShapes.NameOrNull),
        Member.May("key_size", Shape.OrNull(Shape.Integer(0, int.MaxValue)))).Open();

    private static readonly ObjectShape UpdateShape = Shape.Object(
        Member.May("provider", Shape.Text(1, 255)),
        Member.May("control_location", Shape.OneOf("front-end", "back-end")),
        Member.May("cipher", BodyShapes.NameOrNull),
        Member.May("key_size", Shape.OrNull(Shape.Integer(0, int.MaxValue)))).Open();

    public Task<Reply> Show(ApiRequest request)
    {
        var record = room.Parts.Database.Read(tx => Find(tx, ReadVolumeTypes.Require(tx, request, request[0]).Id));
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            if (record is not null)
            {
                json.WriteString("volume_type_id", record.TypeId);
                json.WriteString("encryption_id", record.Id);
                WriteSpecs(json, record);
                json.WriteTime("created_at", record.CreatedAt);
                json.WriteTime("updated_at", record.UpdatedAt);
                json.WriteBoolean("deleted", false);
                json.WriteNull("deleted_at");
            }
            json.WriteEndObject();
        }));
    }

    /// <summary>One member of it, as <c>types/{id}/encryption/{key}</c>.</summary>
    public Task<Reply> ShowOne(ApiRequest request)
    {
        var record = room.Parts.Database.Read(tx => Find(tx, ReadVolumeTypes.Require(tx, request, request[0]).Id)) ?? throw Missing(request);
        return Task.FromResult(Reply.Ok(json =>
        {
            json.WriteStartObject();
            switch (request[1])
            {
                case "cipher": json.WriteString("cipher", record.Cipher); break;
                case "provider": json.WriteString("provider", record.Provider); break;
                case "control_location": json.WriteString("control_location", record.ControlLocation); break;
                case "key_size" when record.KeySize is { } size: json.WriteNumber("key_size", size); break;
                case "key_size": json.WriteNull("key_size"); break;
                case "encryption_id": json.WriteString("encryption_id", record.Id); break;
                default: throw Missing(request);
            }
            json.WriteEndObject();
        }));
    }

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("encryption", CreateShape);
        var record = await room.Parts.Database.Write(tx =>
        {
            var type = ReadVolumeTypes.Require(tx, request, request[0]);
            RequireUnused(tx, type);
            if (VolumeTypeStore.IsEncrypted(tx, type.Id)) throw Fault.BadRequest($"Volume type encryption for type {type.Id} already exists.");
            var made = new EncryptionRecord(type.Id, Guid.NewGuid().ToString(), body.GetText("provider")!, body.GetText("cipher"),
                body.GetLong("key_size"), body.GetText("control_location")!, room.Parts.Time.GetUtcNow(), null);
            tx.Execute($"""
                INSERT INTO volume_type_encryption (volume_type_id, encryption_id, provider, cipher, key_size, control_location, created_at)
                VALUES ({made.TypeId}, {made.Id}, {made.Provider}, {made.Cipher}, {made.KeySize}, {made.ControlLocation}, {made.CreatedAt})
                """);
            return made;
        });
        return JsonWriting.Wrapped("encryption", json =>
        {
            json.WriteStartObject();
            json.WriteString("volume_type_id", record.TypeId);
            json.WriteString("encryption_id", record.Id);
            WriteSpecs(json, record);
            json.WriteEndObject();
        });
    }

    // Rule (Cinder): a type has one encryption, so what the URL calls it does not count, here and when it is deleted.
    public async Task<Reply> Update(ApiRequest request)
    {
        var body = await request.Body("encryption", UpdateShape);
        await room.Parts.Database.Write(tx =>
        {
            var type = ReadVolumeTypes.Require(tx, request, request[0]);
            var old = Find(tx, type.Id) ?? throw Missing(request);
            RequireUnused(tx, type);
            tx.Execute($"""
                UPDATE volume_type_encryption SET provider = {body.GetText("provider") ?? old.Provider}, cipher = {body.GetText("cipher") ?? old.Cipher},
                    key_size = {body.GetLong("key_size") ?? old.KeySize}, control_location = {body.GetText("control_location") ?? old.ControlLocation},
                    updated_at = {room.Parts.Time.GetUtcNow()} WHERE volume_type_id = {type.Id}
                """);
        });
        return JsonWriting.Wrapped("encryption", body.WriteTo);
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await room.Parts.Database.Write(tx =>
        {
            var type = ReadVolumeTypes.Require(tx, request, request[0]);
            RequireUnused(tx, type);
            if (tx.Execute($"DELETE FROM volume_type_encryption WHERE volume_type_id = {type.Id}") == 0) throw Missing(request);
        });
        return Reply.Empty(202);
    }

    private static void RequireUnused(Tx tx, VolumeTypeRecord type)
    {
        if (VolumeTypeStore.InUse(tx, type.Id)) throw Fault.BadRequest($"Cannot change the encryption of volume type {type.Id}. Volume type in use.");
    }

    private static Fault Missing(ApiRequest request) => Fault.NotFound($"Volume type encryption for type {request[0].Truncated()} does not exist.");

    internal static EncryptionRecord? Find(Tx tx, string typeId) => tx.Find($"""
        SELECT volume_type_id, encryption_id, provider, cipher, key_size, control_location, created_at, updated_at
        FROM volume_type_encryption WHERE volume_type_id = {typeId}
        """, row => new EncryptionRecord(row.Text(), row.Text(), row.Text(), row.TextOrNull(), row.LongOrNull(), row.Text(), row.Time(), row.TimeOrNull()));

    internal static void WriteSpecs(Utf8JsonWriter json, EncryptionRecord record)
    {
        json.WriteString("provider", record.Provider);
        json.WriteString("cipher", record.Cipher);
        if (record.KeySize is { } size) json.WriteNumber("key_size", size);
        else json.WriteNull("key_size");
        json.WriteString("control_location", record.ControlLocation);
    }
}
