using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>The servers' SQL. Changes of state are compare-and-swap on the task state that was seen.</summary>
internal static class ServerStore
{
    public const string Columns = """
        s.id, s.number, s.project_id, s.user_id, s.name, s.hostname, s.description, s.flavor, s.image_id, s.image,
        s.vm_state, s.task_state, s.power_state, s.progress, s.host, s.node, s.zone, s.pinned_zone, s.wanted_host, s.wanted_node,
        s.config_drive, s.user_data, s.personality, s.key_name, s.key_type, s.key_data, s.access_ip_v4, s.access_ip_v6, s.disk_config,
        s.launch_index, s.reservation_id, s.root_device, s.locked, s.locked_by, s.locked_reason, s.hints, s.security_groups,
        s.vm_handle, s.generation, s.created_at, s.updated_at, s.launched_at, s.terminated_at, s.deleted, s.deleted_at
        """;

    public const string Select = $"SELECT {Columns} FROM servers s";

    // Hundreds of servers share a few flavors and images: each text is read once.
    private static readonly ReadOnce<ServerFlavor> Flavors = new(ServerRowJson.Default.ServerFlavor);
    private static readonly ReadOnce<List<string>> Groups = new(ServerRowJson.Default.ListString);
    private static readonly ReadOnce<ServerImage> Images = new(ServerRowJson.Default.ServerImage);

    public static ServerRecord Read(Row row) => new()
    {
        Id = row.Text(),
        Number = row.Long(),
        ProjectId = row.Text(),
        UserId = row.Text(),
        Name = row.Text(),
        HostName = row.Text(),
        Description = row.TextOrNull(),
        Flavor = Flavors.Of(row.Text()),
        ImageId = row.TextOrNull(),
        Image = Images.Of(row.Text()),
        VmState = row.Text(),
        TaskState = row.TextOrNull(),
        PowerState = (PowerState)row.Int(),
        Progress = row.Int(),
        Host = row.TextOrNull(),
        Node = row.TextOrNull(),
        Zone = row.TextOrNull(),
        PinnedZone = row.TextOrNull(),
        WantedHost = row.TextOrNull(),
        WantedNode = row.TextOrNull(),
        ConfigDrive = row.Text() == "True",
        UserData = row.TextOrNull(),
        Personality = row.TextOrNull() is { } files ? JsonSerializer.Deserialize(files, ServerRowJson.Default.ListPersonalityFile)! : [],
        KeyName = row.TextOrNull(),
        KeyType = row.TextOrNull(),
        KeyData = row.TextOrNull(),
        AccessIpV4 = row.TextOrNull(),
        AccessIpV6 = row.TextOrNull(),
        DiskConfig = row.Text(),
        LaunchIndex = row.Int(),
        ReservationId = row.Text(),
        RootDevice = row.TextOrNull(),
        Locked = row.Flag(),
        LockedBy = row.TextOrNull(),
        LockedReason = row.TextOrNull(),
        Hints = row.Text(),
        SecurityGroups = Groups.Of(row.Text()),
        VmHandle = row.TextOrNull(),
        Generation = row.Long(),
        CreatedAt = row.Time(),
        UpdatedAt = row.Time(),
        LaunchedAt = row.TimeOrNull(),
        TerminatedAt = row.TimeOrNull(),
        Deleted = row.Flag(),
        DeletedAt = row.TimeOrNull(),
    };

    public static ServerRecord? Find(Tx tx, string id, bool deletedToo = false) =>
        tx.Find(new Sql().Add(Sql.Raw(Select)).Add($" WHERE s.id = {id} AND s.deleted <= {(deletedToo ? 1 : 0)}"), Read);

    /// <summary>The server, where this caller may know that it exists: its own project's, or any for an administrator.</summary>
    public static ServerRecord Get(Tx tx, Caller caller, string id)
    {
        var server = Find(tx, id);
        return server is not null && (caller.IsAdmin || server.ProjectId == caller.ProjectId)
            ? server
            : throw Fault.NotFound($"Instance {id.Truncated()} could not be found.");
    }

    public static List<ServerRecord> Alive(Tx tx) =>
        tx.Query(new Sql().Add(Sql.Raw(Select)).Add($" WHERE s.deleted = 0 ORDER BY s.number"), Read);

    public static long NextNumber(Tx tx) => tx.Count($"SELECT COALESCE(MAX(number), 0) + 1 FROM servers");

    public static void Insert(Tx tx, ServerRecord s) => tx.Execute($"""
        INSERT INTO servers (id, number, project_id, user_id, name, hostname, description, flavor_id, flavor, vcpus, ram_mib, disk_gib,
            image_id, image, vm_state, task_state, power_state, progress, host, node, zone, pinned_zone, wanted_host, wanted_node,
            config_drive, user_data, personality, key_name, key_type, key_data, access_ip_v4, access_ip_v6, disk_config, launch_index,
            reservation_id, root_device, locked, locked_by, locked_reason, hints, security_groups, vm_handle, generation,
            created_at, updated_at, launched_at, terminated_at, deleted, deleted_at)
        VALUES ({s.Id}, {s.Number}, {s.ProjectId}, {s.UserId}, {s.Name}, {s.HostName}, {s.Description}, {s.Flavor.Id}, {Json(s.Flavor)},
            {s.Flavor.Vcpus}, {s.Flavor.RamMib}, {LocalGib(s)}, {s.ImageId}, {JsonSerializer.Serialize(s.Image, ServerRowJson.Default.ServerImage)},
            {s.VmState}, {s.TaskState}, {(int)s.PowerState}, {s.Progress}, {s.Host}, {s.Node}, {s.Zone}, {s.PinnedZone}, {s.WantedHost}, {s.WantedNode},
            {(s.ConfigDrive ? "True" : "")}, {s.UserData},
            {(s.Personality.Count == 0 ? null : JsonSerializer.Serialize([.. s.Personality], ServerRowJson.Default.ListPersonalityFile))},
            {s.KeyName}, {s.KeyType}, {s.KeyData}, {s.AccessIpV4}, {s.AccessIpV6}, {s.DiskConfig}, {s.LaunchIndex},
            {s.ReservationId}, {s.RootDevice}, {s.Locked}, {s.LockedBy}, {s.LockedReason}, {s.Hints},
            {JsonSerializer.Serialize([.. s.SecurityGroups], ServerRowJson.Default.ListString)}, {s.VmHandle}, {s.Generation},
            {s.CreatedAt}, {s.UpdatedAt}, {s.LaunchedAt}, {s.TerminatedAt}, {s.Deleted}, {s.DeletedAt})
        """);

    private static string Json(ServerFlavor flavor) => JsonSerializer.Serialize(flavor, ServerRowJson.Default.ServerFlavor);

    /// <summary>GiB that the server takes of its host's own disks: none for a root on a volume.</summary>
    private static long LocalGib(ServerRecord s) =>
        (s.BootsFromVolume ? 0 : s.Flavor.DiskGib) + s.Flavor.EphemeralGib + (s.Flavor.SwapMib + 1023) / 1024;

    /// <summary>Everything about the state of a server in one statement; false where another change came first.</summary>
    public static bool SaveState(Tx tx, ServerRecord before, ServerRecord after, DateTimeOffset now) => tx.Execute($"""
        UPDATE servers SET vm_state = {after.VmState}, task_state = {after.TaskState}, power_state = {(int)after.PowerState},
            progress = {after.Progress}, host = {after.Host}, node = {after.Node}, zone = {after.Zone}, vm_handle = {after.VmHandle},
            root_device = {after.RootDevice}, launched_at = {after.LaunchedAt}, terminated_at = {after.TerminatedAt},
            deleted = {after.Deleted}, deleted_at = {after.DeletedAt}, generation = {before.Generation + 1}, updated_at = {now}
        WHERE id = {before.Id} AND generation = {before.Generation}
        """) > 0;

    /// <summary>Gives a server the flavor that the record has; capacity and quota follow.</summary>
    public static void SaveFlavor(Tx tx, ServerRecord s) => tx.Execute($"""
        UPDATE servers SET flavor_id = {s.Flavor.Id}, flavor = {Json(s.Flavor)}, vcpus = {s.Flavor.Vcpus}, ram_mib = {s.Flavor.RamMib},
            disk_gib = {LocalGib(s)} WHERE id = {s.Id}
        """);

    /// <summary>Another root: what the guest's devices follow from.</summary>
    public static void SaveImage(Tx tx, string id, ServerImage image) =>
        tx.Execute($"UPDATE servers SET image = {JsonSerializer.Serialize(image, ServerRowJson.Default.ServerImage)} WHERE id = {id}");

    /// <summary>Everything a rebuild may set.</summary>
    public static void SaveRebuild(Tx tx, ServerRecord s) => tx.Execute($"""
        UPDATE servers SET name = {s.Name}, hostname = {s.HostName}, description = {s.Description}, image_id = {s.ImageId},
            image = {JsonSerializer.Serialize(s.Image, ServerRowJson.Default.ServerImage)}, user_data = {s.UserData},
            personality = {(s.Personality.Count == 0 ? null : JsonSerializer.Serialize([.. s.Personality], ServerRowJson.Default.ListPersonalityFile))},
            key_name = {s.KeyName}, key_type = {s.KeyType}, key_data = {s.KeyData}, access_ip_v4 = {s.AccessIpV4},
            access_ip_v6 = {s.AccessIpV6}, disk_config = {s.DiskConfig} WHERE id = {s.Id}
        """);

    /// <summary>The next task state of a saga that has the server already; a deletion that waits keeps its own.</summary>
    public static void Advance(Tx tx, string id, string task, DateTimeOffset now)
    {
        if (Find(tx, id) is { } server && server.TaskState != TaskState.Deleting) SaveState(tx, server, server with { TaskState = task }, now);
    }

    /// <summary>Sets the task where the server is as the caller saw it; the row then belongs to one saga until that clears it.</summary>
    public static void BeginTask(Tx tx, ServerRecord seen, string task, DateTimeOffset now)
    {
        if (!SaveState(tx, seen, seen with { TaskState = task }, now))
            throw Fault.Conflict($"Instance {seen.Id} was changed by another request at the same moment; try again.");
    }

    public static void SaveHandle(Tx tx, string id, string? handle) =>
        tx.Execute($"UPDATE servers SET vm_handle = {handle} WHERE id = {id}");

    public static void Touch(Tx tx, string id, DateTimeOffset now) => tx.Execute($"UPDATE servers SET updated_at = {now} WHERE id = {id}");

    // ── what hangs on a server ──

    public static Dictionary<string, string> Metadata(Tx tx, string id) =>
        tx.Query($"SELECT name, value FROM server_metadata WHERE server_id = {id} ORDER BY name", row => (row.Text(), row.Text()))
            .ToDictionary(p => p.Item1, p => p.Item2, StringComparer.Ordinal);

    public static ILookup<string, KeyValuePair<string, string>> MetadataOf(Tx tx, IReadOnlyCollection<string> ids) =>
        tx.Query($"SELECT server_id, name, value FROM server_metadata WHERE server_id IN {ids} ORDER BY name",
            row => (row.Text(), KeyValuePair.Create(row.Text(), row.Text()))).ToLookup(r => r.Item1, r => r.Item2);

    public static void SetMetadata(Tx tx, string id, string name, string value) => tx.Execute($"""
        INSERT INTO server_metadata (server_id, name, value) VALUES ({id}, {name}, {value})
        ON CONFLICT (server_id, name) DO UPDATE SET value = excluded.value
        """);

    public static int RemoveMetadata(Tx tx, string id, string name) =>
        tx.Execute($"DELETE FROM server_metadata WHERE server_id = {id} AND name = {name}");

    public static void ClearMetadata(Tx tx, string id) => tx.Execute($"DELETE FROM server_metadata WHERE server_id = {id}");

    public static List<string> Tags(Tx tx, string id) =>
        tx.Query($"SELECT tag FROM server_tags WHERE server_id = {id} ORDER BY tag", row => row.Text());

    public static ILookup<string, string> TagsOf(Tx tx, IReadOnlyCollection<string> ids) =>
        tx.Query($"SELECT server_id, tag FROM server_tags WHERE server_id IN {ids} ORDER BY tag", row => (row.Text(), row.Text()))
            .ToLookup(r => r.Item1, r => r.Item2);

    public static int AddTag(Tx tx, string id, string tag) =>
        tx.Execute($"INSERT INTO server_tags (server_id, tag) VALUES ({id}, {tag}) ON CONFLICT (server_id, tag) DO NOTHING");

    public static int RemoveTag(Tx tx, string id, string tag) =>
        tx.Execute($"DELETE FROM server_tags WHERE server_id = {id} AND tag = {tag}");

    public static void ClearTags(Tx tx, string id) => tx.Execute($"DELETE FROM server_tags WHERE server_id = {id}");

    public static void AddFault(Tx tx, string id, ServerFault fault) => tx.Execute($"""
        INSERT INTO server_faults (server_id, code, message, details, created_at)
        VALUES ({id}, {fault.Code}, {fault.Message}, {fault.Details}, {fault.CreatedAt})
        """);

    /// <summary>The latest fault of each of these servers.</summary>
    public static Dictionary<string, ServerFault> FaultsOf(Tx tx, IReadOnlyCollection<string> ids)
    {
        var latest = new Dictionary<string, ServerFault>(StringComparer.Ordinal);
        if (ids.Count == 0) return latest;
        foreach (var (id, fault) in tx.Query(
            $"SELECT server_id, code, message, details, created_at FROM server_faults WHERE server_id IN {ids} ORDER BY created_at",
            row => (row.Text(), new ServerFault(row.Int(), row.Text(), row.TextOrNull(), row.Time()))))
            latest[id] = fault;
        return latest;
    }

    public static void AddNic(Tx tx, string id, string portId) => tx.Execute($"""
        INSERT INTO server_nics (server_id, position, port_id)
        VALUES ({id}, (SELECT COALESCE(MAX(position), -1) + 1 FROM server_nics WHERE server_id = {id}), {portId})
        ON CONFLICT (server_id, port_id) DO NOTHING
        """);

    public static void RemoveNic(Tx tx, string id, string portId) =>
        tx.Execute($"DELETE FROM server_nics WHERE server_id = {id} AND port_id = {portId}");

    public static List<string> Nics(Tx tx, string id) =>
        tx.Query($"SELECT port_id FROM server_nics WHERE server_id = {id} ORDER BY position", row => row.Text());
}

/// <summary>Why a server is in ERROR.</summary>
public sealed record ServerFault(int Code, string Message, string? Details, DateTimeOffset CreatedAt);
