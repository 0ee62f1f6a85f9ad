using System.Security.Cryptography;
using System.Text;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.BlockStorage;
using Cumulet.ControlPlane.BlockStorage.Volumes;
using Cumulet.ControlPlane.Images;
using Cumulet.ControlPlane.Networking;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// POST /servers. One transaction checks the request against the rows, counts the quota, takes existing volumes, writes the
/// servers (BUILD) and begins a saga for each: what is accepted will be worked on, what is refused has left nothing.
/// </summary>
internal sealed class ServerAcceptance(
    CloudParts parts, ServerNeeds needs, ImagesRoom images, BlockStorageRoom volumes, NetworkingRoom networking, CreateServer saga)
{
    private const string PasswordLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private const int MaxServersOfOneRequest = 1000;

    public async Task<Reply> Handle(ApiRequest request)
    {
        var wanted = await ServerRequestReading.Read(request);
        AskFurtherPolicies(request, wanted);
        var ids = await parts.Database.Write(tx => Accept(tx, request, wanted));
        if (wanted.ReturnReservation)
            return Reply.Json(202, json =>
            {
                json.WriteStartObject();
                json.WriteString("reservation_id", ids.Reservation);
                json.WriteEndObject();
            });
        var password = wanted.AdminPass ?? RandomNumberGenerator.GetString(PasswordLetters, 12);
        return Reply.Json(202, json => ServerJson.WriteCreated(json, request, ids.First, wanted, password))
            .With("Location", ComputeLinks.Self(request, "servers", ids.First));
    }

    private static void AskFurtherPolicies(ApiRequest request, ServerRequest wanted)
    {
        var target = PolicyTarget.OwnedBy(request.ProjectId, request.Caller.UserId);
        if (wanted.HostIsForced) request.Authorize("os_compute_api:servers:create:forced_host", target);
        if (wanted is { HostIsForced: false } and not { Host: null, Node: null })
            request.Authorize("compute:servers:create:requested_destination", target);
        if (wanted.Devices.Any(d => d is not BlockDevice.LocalImage)) request.Authorize("os_compute_api:servers:create:attach_volume", target);
        if (wanted.Networks is WantedNetworks.These) request.Authorize("os_compute_api:servers:create:attach_network", target);
    }

    private (string First, string Reservation) Accept(Tx tx, ApiRequest request, ServerRequest wanted)
    {
        var caller = request.Caller;
        var flavor = needs.FindFlavor(tx, caller, wanted.FlavorId) ?? throw Fault.BadRequest($"Flavor {wanted.FlavorId} could not be found.");
        var key = wanted.KeyName is { } name
            ? needs.FindKeypair(tx, caller.UserId, name) ?? throw Fault.BadRequest("Invalid key_name provided.")
            : null;
        var image = new BlockDeviceCheck(images, volumes, caller).Check(tx, wanted, flavor);
        if (image.Backing is not null && flavor.DiskGib == 0 && !request.Allows("os_compute_api:servers:create:zero_disk_flavor", PolicyTarget.OwnedBy(caller.ProjectId)))
            throw Fault.Forbidden("Only volume-backed servers are allowed for flavors with zero disk.");
        CheckHost(tx, wanted);
        NetworkingRoom.RequireSecurityGroups(tx, request.ProjectId, wanted.SecurityGroups);
        var count = Count(tx, caller, wanted, flavor);
        ServerMetadata.RequireQuota(tx, caller.ProjectId, caller.UserId, wanted.Metadata.Count);
        var reservation = "r-" + RandomNumberGenerator.GetString("0123456789abcdefghijklmnopqrstuvwxyz", 8);
        string? first = null;
        for (var i = 0; i < count; i++)
        {
            var server = Row(tx, request, wanted, flavor, image, key, reservation, i, count);
            Insert(tx, request, wanted, server, image);
            first ??= server.Id;
        }
        return (first!, reservation);
    }

    private void CheckHost(Tx tx, ServerRequest wanted)
    {
        var asked = wanted.Host ?? wanted.Node;
        if (asked is not null && !Hosts.Contains(asked))
            throw Fault.BadRequest($"Compute host {asked} could not be found.");
        if (wanted.Zone is { } zone && !Hosts.Any(h => (needs.ZoneOf(tx, h) ?? Compute.Hosts.ComputeHosts.DefaultZone) == zone))
            throw Fault.BadRequest($"The requested availability zone is not available: there is no zone '{zone}'.");
    }

    /// <summary>The names of the compute hosts.</summary>
    public required IReadOnlyList<string> Hosts { get; init; }

    // As many as the quota allows, from max_count down to min_count.
    private int Count(Tx tx, Caller caller, ServerRequest wanted, ServerFlavor flavor)
    {
        if (wanted.MaxCount > MaxServersOfOneRequest)
            throw Fault.BadRequest($"max_count is {wanted.MaxCount}; one request makes {MaxServersOfOneRequest} servers at most.");
        if (wanted.MaxCount > 1 && wanted.Devices.OfType<BlockDevice.ExistingVolume>().Any())
            throw Fault.BadRequest("Cannot attach one or more volumes to multiple instances");
        if (wanted is { MaxCount: > 1, Networks: WantedNetworks.These { Items: var items } } && items.Any(n => n.PortId is not null || n.FixedIp is not null))
            throw Fault.BadRequest("Unable to launch multiple instances with a single configured port ID. Please launch your instance one by one with different ports.");
        for (var count = wanted.MaxCount; ; count--)
        {
            try
            {
                needs.RequireQuota(tx, caller, new ServerDemand(count, count * flavor.Vcpus, count * flavor.RamMib));
                return count;
            }
            catch (Fault) when (count > wanted.MinCount)
            {
            }
        }
    }

    private ServerRecord Row(
        Tx tx, ApiRequest request, ServerRequest wanted, ServerFlavor flavor, CheckedDevices image, ServerKey? key, string reservation, int index, int count)
    {
        var (id, now) = (Guid.NewGuid().ToString(), parts.Time.GetUtcNow());
        var name = count > 1 ? $"{wanted.Name}-{index + 1}" : wanted.Name;
        var hostName = wanted.HostName is { } given ? (count > 1 ? $"{given}-{index + 1}" : given) : HostNameOf(name, id);
        return new ServerRecord
        {
            Id = id,
            Number = ServerStore.NextNumber(tx),
            ProjectId = request.ProjectId,
            UserId = request.Caller.UserId,
            Name = name,
            HostName = hostName,
            Description = request.At(2, 19) ? wanted.Description : name,
            Flavor = flavor,
            ImageId = image.Backing?.Id,
            Image = image.Kept,
            VmState = VmState.Building,
            TaskState = TaskState.Scheduling,
            PinnedZone = wanted.Zone,
            WantedHost = wanted.Host,
            WantedNode = wanted.Node,
            ConfigDrive = wanted.ConfigDrive || wanted.Personality.Length > 0,
            UserData = wanted.UserData,
            Personality = wanted.Personality,
            KeyName = key?.Name,
            KeyType = key?.Type,
            KeyData = key?.PublicKey,
            AccessIpV4 = wanted.AccessIpV4,
            AccessIpV6 = wanted.AccessIpV6,
            DiskConfig = wanted.DiskConfig,
            LaunchIndex = index,
            ReservationId = reservation,
            RootDevice = image.Disks.First(d => d.BootIndex == 0).DeviceName,
            Hints = wanted.Hints,
            SecurityGroups = wanted.SecurityGroups.Length == 0 ? ["default"] : wanted.SecurityGroups,
            CreatedAt = now,
            UpdatedAt = now,
        };
    }

    private void Insert(Tx tx, ApiRequest request, ServerRequest wanted, ServerRecord server, CheckedDevices image)
    {
        ServerStore.Insert(tx, server);
        foreach (var (name, value) in wanted.Metadata) ServerStore.SetMetadata(tx, server.Id, name, value);
        foreach (var tag in wanted.Tags) ServerStore.AddTag(tx, server.Id, tag);
        foreach (var template in image.Disks)
        {
            var disk = template with { Id = Guid.NewGuid().ToString(), ServerId = server.Id, CreatedAt = server.CreatedAt };
            if (disk.Source == "volume")
            {
                disk = disk with { AttachmentId = Guid.NewGuid().ToString() };
                volumes.Attachments.Reserve(tx, disk.VolumeId!, server.Id, disk.AttachmentId, readOnly: false);
            }
            ServerDiskStore.Insert(tx, disk);
        }
        if (wanted.GroupId is { } group) needs.JoinGroup(tx, request.Caller, group, server.Id);
        ServerActionStore.Begin(tx, request, server.Id, "create", "compute__do_build_and_run_instance", server.CreatedAt);
        parts.Sagas.Start(tx, saga, new CreateServerState
        {
            ServerId = server.Id,
            RequestId = request.RequestId,
            Caller = SagaCaller.Of(request.Caller),
            Nics = new NicChoice(networking).Choose(tx, request, wanted.Networks),
            SecurityGroups = wanted.SecurityGroups,
        }, ServerLane.Of(server.Id), request.RequestId);
    }

    // Rule: nova/utils.py, sanitize_hostname.
    private static string HostNameOf(string name, string id)
    {
        var text = new StringBuilder(name.Length);
        foreach (var letter in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.') text.Append(letter);
            else if (letter is ' ' or '_') text.Append('-');
        }
        var host = text.ToString().Replace('.', '-').Trim('-');
        if (host.Length == 0) host = $"server-{id}";
        return host.Length > 63 ? host[..63].TrimEnd('-') : host;
    }
}

/// <summary>All that changes one server runs in one lane, in the order of the requests.</summary>
internal static class ServerLane
{
    public static string Of(string serverId) => $"server:{serverId}";
}
