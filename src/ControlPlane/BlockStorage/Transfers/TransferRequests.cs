using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage.Quotas;
using Cumulet.ControlPlane.BlockStorage.Snapshots;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.BlockStorage.VolumeTypes;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.BlockStorage.Transfers;

internal sealed record TransferRecord(string Id, string VolumeId, string? Name, byte[] Salt, byte[] KeyHash, string SourceProjectId, bool NoSnapshots, DateTimeOffset CreatedAt)
{
    public const string Columns = "t.id, t.volume_id, t.name, t.salt, t.key_hash, t.source_project_id, t.no_snapshots, t.created_at";

    public static TransferRecord Read(Row row) =>
        new(row.Text(), row.Text(), row.TextOrNull(), row.Bytes(), row.Bytes(), row.Text(), row.Flag(), row.Time());
}

/// <summary>
/// os-volume-transfer and, from 3.55, volume-transfers: a volume goes to whoever knows the key that only its owner was told.
/// The key is kept as a salted hash.
/// </summary>
internal sealed class TransferRequests(BlockStorageRoom room, string collection)
{
    private static readonly ObjectShape CreateShape = Shape.Object(
        Member.Must("volume_id", Shape.Uuid),
        Member.May("name", BodyShapes.NameOrNull),
        Member.May("no_snapshots", Shape.Flag).Since(3, 55));

    private static readonly ObjectShape AcceptShape = Shape.Object(Member.Must("auth_key", Shape.Text(1, 255)));

    private static readonly ListQuery Query = new()
    {
        Select = $"SELECT {TransferRecord.Columns} FROM volume_transfers t",
        From = "volume_transfers t",
        Id = "t.id",
        Filters = new Dictionary<string, Filter>
        {
            ["name"] = new Filter.Exact("t.name"),
            ["volume_id"] = new Filter.Exact("t.volume_id"),
            ["id"] = new Filter.Exact("t.id"),
        },
        SortKeys = new Dictionary<string, string> { ["id"] = "t.id", ["name"] = "COALESCE(t.name, '')", ["created_at"] = "t.created_at" },
        DefaultOrder = [("created_at", true)],
        MarkerNotFound = Missing,
    };

    private DateTimeOffset Now => room.Parts.Time.GetUtcNow();

    private static Fault Missing(string id) => Fault.NotFound($"Transfer {id.Truncated()} could not be found.");

    public Task<Reply> List(ApiRequest request) => List(request, detail: false);

    public Task<Reply> Detail(ApiRequest request) => List(request, detail: true);

    private Task<Reply> List(ApiRequest request, bool detail)
    {
        var page = room.Parts.Database.Read(tx => Query.Run(tx, request, ProjectRows.Visible(request, "t.source_project_id"), TransferRecord.Read));
        return Task.FromResult(JsonWriting.List(request, "transfers", page, t => t.Id, (json, t) => Write(json, request, t, detail)));
    }

    public Task<Reply> Show(ApiRequest request)
    {
        var transfer = room.Parts.Database.Read(tx => Require(tx, request));
        return Task.FromResult(JsonWriting.Wrapped("transfer", json => Write(json, request, transfer, detail: true)));
    }

    private static TransferRecord Require(Tx tx, ApiRequest request) =>
        Find(tx, request[0]) is { } transfer && ProjectRows.MaySee(request.Caller, transfer.SourceProjectId) ? transfer : throw Missing(request[0]);

    private static TransferRecord? Find(Tx tx, string id) =>
        tx.Find($"SELECT {Sql.Raw(TransferRecord.Columns)} FROM volume_transfers t WHERE t.id = {id}", TransferRecord.Read);

    public async Task<Reply> Create(ApiRequest request)
    {
        var body = await request.Body("transfer", CreateShape);
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var salt = RandomNumberGenerator.GetBytes(16);
        var transfer = await room.Parts.Database.Write(tx =>
        {
            var volume = VolumeAccess.Volume(tx, request, body.GetText("volume_id")!);
            if (!VolumeStore.Move(tx, volume.Id, [VolumeStatus.Available], VolumeStatus.AwaitingTransfer, Now))
                throw BlockStorageFault.InvalidVolume("status must be available");
            if (volume.EncryptionKeyId is not null && !request.At(3, 70))
                throw BlockStorageFault.InvalidVolume("transferring encrypted volume is not supported");
            if (volume.EncryptionKeyId is not null && body.GetFlag("no_snapshots") == true)
                throw BlockStorageFault.InvalidVolume("transferring an encrypted volume without its snapshots is not supported");
            var made = new TransferRecord(Guid.NewGuid().ToString(), volume.Id, body.GetText("name")?.Trim(), salt, Hash(salt, key),
                volume.ProjectId, body.GetFlag("no_snapshots") == true, Now);
            if (!made.NoSnapshots && SnapshotStore.OfVolume(tx, volume.Id).Exists(s => s.Status != "available"))
                throw BlockStorageFault.InvalidSnapshot("snapshots of the volume must be available to be transferred with it");
            tx.Execute($"""
                INSERT INTO volume_transfers (id, volume_id, name, salt, key_hash, source_project_id, no_snapshots, created_at)
                VALUES ({made.Id}, {made.VolumeId}, {made.Name}, {made.Salt}, {made.KeyHash}, {made.SourceProjectId}, {made.NoSnapshots}, {made.CreatedAt})
                """);
            return made;
        });
        return JsonWriting.Wrapped("transfer", json => Write(json, request, transfer, detail: true, key), 202);
    }

    public async Task<Reply> Accept(ApiRequest request)
    {
        var body = await request.Body("accept", AcceptShape);
        var transfer = await room.Parts.Database.Write(tx => Accept(tx, request, body.GetText("auth_key")!));
        return JsonWriting.Wrapped("transfer", json => Write(json, request, transfer, detail: false), 202);
    }

    private TransferRecord Accept(Tx tx, ApiRequest request, string key)
    {
        // Whoever knows the key may accept, so the transfer is looked up without an owner.
        var transfer = Find(tx, request[0]) ?? throw Missing(request[0]);
        if (!CryptographicOperations.FixedTimeEquals(Hash(transfer.Salt, key), transfer.KeyHash))
            throw Fault.BadRequest($"Invalid auth key: Attempt to transfer {transfer.Id} with invalid auth key.");
        var volume = VolumeStore.Find(tx, transfer.VolumeId) ?? throw BlockStorageFault.NoVolume(transfer.VolumeId);
        var type = VolumeTypeStore.FindFor(tx, volume.VolumeTypeId, request.ProjectId)
            ?? throw BlockStorageFault.InvalidInput($"The volume's type {volume.VolumeTypeId} may not be used by project {request.ProjectId}; ask an administrator for access to it.");
        VolumeQuota.RequireVolume(tx, request.ProjectId, volume.SizeGib, type);
        var snapshots = SnapshotStore.OfVolume(tx, volume.Id);
        if (!VolumeStore.Move(tx, volume.Id, [VolumeStatus.AwaitingTransfer], VolumeStatus.Available, Now))
            throw BlockStorageFault.InvalidVolume($"Transfer {transfer.Id}: Volume id {volume.Id} expected in awaiting-transfer status, but it is {volume.Status}.");
        tx.Execute($"UPDATE volumes SET project_id = {request.ProjectId}, user_id = {request.Caller.UserId} WHERE id = {volume.Id}");
        if (!transfer.NoSnapshots)
            foreach (var snapshot in snapshots)
            {
                VolumeQuota.RequireSnapshot(tx, request.ProjectId, snapshot.SizeGib, type);
                tx.Execute($"UPDATE snapshots SET project_id = {request.ProjectId}, user_id = {request.Caller.UserId} WHERE id = {snapshot.Id}");
            }
        tx.Execute($"DELETE FROM volume_transfers WHERE id = {transfer.Id}");
        return transfer;
    }

    public async Task<Reply> Delete(ApiRequest request)
    {
        await room.Parts.Database.Write(tx =>
        {
            var transfer = Require(tx, request);
            tx.Execute($"DELETE FROM volume_transfers WHERE id = {transfer.Id}");
            VolumeStore.Move(tx, transfer.VolumeId, [VolumeStatus.AwaitingTransfer], VolumeStatus.Available, Now);
        });
        return Reply.Empty(202);
    }

    private static byte[] Hash(byte[] salt, string key) => HMACSHA256.HashData(salt, Encoding.UTF8.GetBytes(key));

    private void Write(Utf8JsonWriter json, ApiRequest request, TransferRecord transfer, bool detail, string? key = null)
    {
        json.WriteStartObject();
        json.WriteString("id", transfer.Id);
        json.WriteString("name", transfer.Name);
        json.WriteString("volume_id", transfer.VolumeId);
        if (detail) json.WriteTime("created_at", transfer.CreatedAt);
        if (key is not null) json.WriteString("auth_key", key);
        if (detail && request.At(3, 55)) json.WriteBoolean("no_snapshots", transfer.NoSnapshots);
        if (detail && request.At(3, 57))
        {
            json.WriteString("source_project_id", transfer.SourceProjectId);
            json.WriteNull("destination_project_id");
            json.WriteBoolean("accepted", false);
        }
        json.WriteLinks(request, $"{collection}/{transfer.Id}");
        json.WriteEndObject();
    }
}
