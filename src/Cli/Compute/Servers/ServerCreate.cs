using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _name = syntax.Argument("<server-name>", "New server name");
    private readonly Option<string?> _flavor = syntax.Needed("--flavor", "<flavor>", "Create server with this flavor (name or ID)");
    private readonly Option<string?> _image = syntax.ValueIn("boot", "--image", "<image>", "Create server boot disk from this image (name or ID)");
    private readonly Option<string[]> _imageProperties = syntax.Values("--image-property", "<key=value>", "Choose the image by its properties");
    private readonly Option<string?> _volume = syntax.ValueIn("boot", "--volume", "<volume>", "Use this volume as the boot disk (name or ID)");
    private readonly Option<string?> _snapshot = syntax.ValueIn("boot", "--snapshot", "<snapshot>", "Create the boot disk, a volume, from this volume snapshot (name or ID)");
    private readonly Option<string?> _bootFromVolume = syntax.Value("--boot-from-volume", "<volume-size>", "With --image: make a volume of this size in GiB from it and boot that");
    private readonly Option<string[]> _mappings = syntax.Values("--block-device-mapping", "<dev-name=mapping>",
        "Older form of --block-device: <dev-name>=<id>[:<type>[:<size>[:<delete-on-terminate>]]], type volume (default), snapshot or image (repeatable)");
    private readonly Option<string[]> _devices = syntax.Values("--block-device", "<key=value,...>",
        "A disk of the server, as key=value pairs or a JSON file of them (repeatable). Either uuid, source_type "
        + "(volume, image, snapshot, blank), destination_type (volume, local; an image without it becomes a volume), volume_size, "
        + "boot_index, delete_on_termination, disk_bus, device_type, device_name, guest_format, volume_type, tag; or, in the nova "
        + "client's form, id, source, dest (an image without it goes to a local disk), size, bootindex, shutdown (preserve, remove), "
        + "bus, type, device, format, volume_type, tag");
    private readonly Option<string?> _swap = syntax.Value("--swap", "<swap>", "Add a swap disk of this size in MiB");
    private readonly Option<string[]> _ephemerals = syntax.Values("--ephemeral", "<size=size[,format=format]>", "Add an ephemeral disk of this size in GiB (repeatable)");
    private readonly Option<string[]> _networks = syntax.Values("--network", "<network>", "Connect to this network (name or ID), or 'auto', or 'none' (repeatable)");
    private readonly Option<string[]> _ports = syntax.Values("--port", "<port>", "Connect by this port (name or ID) (repeatable)");
    private readonly Option<string[]> _nics = syntax.Values("--nic", "<net-id=net-uuid,port-id=port-uuid,v4-fixed-ip=ip-addr,v6-fixed-ip=ip-addr,tag=tag,auto,none>",
        "Connect in detail (repeatable)");
    private readonly Option<string?> _password = syntax.Value("--password", "<password>", "Set the administrator's password");
    private readonly Option<string[]> _groups = syntax.Values("--security-group", "<security-group>", "Assign this security group (name or ID) (repeatable)");
    private readonly Option<string?> _key = syntax.Value("--key-name", "<key-name>", "Put this keypair into the server");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Set a property (repeatable)");
    private readonly Option<string[]> _files = syntax.Values("--file", "<dest-filename=source-filename>", "Not supported: clouds refuse injected files since 2.57; use --user-data");
    private readonly Option<string?> _userData = syntax.Value("--user-data", "<user-data>", "File with user data for the guest");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "Describe the server (needs 2.19)");
    private readonly Option<string?> _zone = syntax.Value("--availability-zone", "<zone-name>", "Availability zone; <zone>:<host>:<node> to force a host (admin only)");
    private readonly Option<string?> _host = syntax.Value("--host", "<host>", "Host to create it on (admin only) (needs 2.74)");
    private readonly Option<string?> _node = syntax.Value("--hypervisor-hostname", "<hypervisor-hostname>", "Hypervisor to create it on (admin only) (needs 2.74)");
    private readonly Option<string[]> _hints = syntax.Values("--hint", "<key=value>", "Hint for the scheduler (repeatable)");
    private readonly Option<bool> _useDrive = syntax.FlagIn("drive", "--use-config-drive", "Give the server a config drive");
    private readonly Option<bool> _noDrive = syntax.FlagIn("drive", "--no-config-drive", "Give the server no config drive");
    private readonly Option<string?> _drive = syntax.ValueIn("drive", "--config-drive", "<config-drive-volume>|True", "Older form of --use-config-drive");
    private readonly Option<string?> _min = syntax.Value("--min", "<count>", "Fewest servers to create (default 1)");
    private readonly Option<string?> _max = syntax.Value("--max", "<count>", "Most servers to create (default 1)");
    private readonly Option<string[]> _tags = syntax.Values("--tag", "<tag>", "Tag the server (repeatable) (needs 2.52)");
    private readonly Option<string?> _hostname = syntax.Value("--hostname", "<hostname>", "Hostname inside the guest (needs 2.90)");
    private readonly Option<bool> _wait = syntax.Flag("--wait", "Wait until it is built");
    private readonly Option<string[]> _certificates = syntax.Values("--trusted-image-cert", "<trusted-cert-id>", "Certificate to check the image's signature with (repeatable) (needs 2.63)");

    public override string Description => "Create a new server";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        Check(call);
        NeedVersions(call);
        var image = await ImageId(call, cancellation);
        var server = new JsonObject
        {
            ["name"] = call[_name],
            ["imageRef"] = image is not null && !call.Has(_bootFromVolume) ? image : "",
            ["flavorRef"] = await call.Cloud.FindId(Resources.Flavor, call[_flavor]!, cancellation),
        };
        AddPlain(call, server);
        await AddDisks(call, server, image, cancellation);
        var nics = call.InOrder(_networks, _ports, _nics).Select(pair => Nics.Parse(pair.Option, pair.Value)).ToList();
        server.With("networks", await Nics.Body(call.Cloud, nics, cancellation));
        await AddSecurityGroups(call, server, cancellation);
        var body = new JsonObject { ["server"] = server };
        if (call[_hints].Length > 0) body["os:scheduler_hints"] = Hints(call);
        var created = (await call.Cloud.Compute.Post("/servers", body, cancellation)).Field("server") as JsonObject ?? [];
        return await Described(call, created, cancellation);
    }

    private void Check(Call call)
    {
        if (!call.Has(_image) && !call.Has(_imageProperties) && !call.Has(_volume) && !call.Has(_snapshot) && !call.Has(_devices) && !call.Has(_mappings))
            throw call.Wrong("one of the arguments --image --image-property --volume --snapshot --block-device is required");
        if (call.Has(_bootFromVolume) && call.Has(_volume)) throw new CommandError("--volume is not allowed with --boot-from-volume");
        if (call.Has(_bootFromVolume) && call.Has(_snapshot)) throw new CommandError("--snapshot is not allowed with --boot-from-volume");
        if (call.Has(_bootFromVolume) && !call.Has(_image) && !call.Has(_imageProperties))
            throw new CommandError("--boot-from-volume needs --image: the volume is made from it");
        if (call.Has(_files))
        {
            throw new CommandError("--file: personality files are not supported: clouds refuse them since microversion 2.57; "
                + "put the files into --user-data instead");
        }

        var (min, max) = (call.Number(_min) ?? 1, call.Number(_max) ?? 1);
        if (min > max && call.Has(_max)) throw new CommandError("min instances should be <= max instances");
        if (min < 1) throw new CommandError("min instances should be > 0");
        if (max < 1) throw new CommandError("max instances should be > 0");
    }

    private void NeedVersions(Call call)
    {
        var compute = call.Cloud.Compute;
        if (call.Has(_description)) compute.Need("2.19", "--description option");
        if (call.Has(_tags)) compute.Need("2.52", "--tag option");
        if (call.Has(_certificates)) compute.Need("2.63", "--trusted-image-cert option");
        if (call.Has(_host)) compute.Need("2.74", "--host option");
        if (call.Has(_node)) compute.Need("2.74", "--hypervisor-hostname option");
        if (call.Has(_hostname)) compute.Need("2.90", "--hostname option");
    }

    private void AddPlain(Call call, JsonObject server)
    {
        if (call.Has(_properties)) server["metadata"] = call.Pairs(_properties);
        if (call[_userData] is { } file) server["user_data"] = Convert.ToBase64String(ReadFile(call, file));
        server.With("adminPass", call[_password]).With("key_name", call[_key]).With("availability_zone", call[_zone])
            .With("description", call[_description]).With("host", call[_host]).With("hypervisor_hostname", call[_node])
            .With("hostname", call[_hostname]);
        server["min_count"] = call.Number(_min) ?? 1;
        server["max_count"] = call.Number(_max) ?? call.Number(_min) ?? 1;
        if (call.Has(_tags)) server["tags"] = JsonReading.Array(call[_tags]);
        if (call.Has(_certificates)) server["trusted_image_certificates"] = JsonReading.Array(call[_certificates]);
        if (call[_useDrive]) server["config_drive"] = true;
        switch (call[_drive]?.ToLowerInvariant())
        {
            case "true" or "1":
                server["config_drive"] = true;
                break;
            case null or "false" or "0" or "" or "none":
                break;
            default:
                server["config_drive"] = call[_drive];
                break;
        }
    }

    private static byte[] ReadFile(Call call, string file)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(call.Terminal.Folder, file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandError($"Can't open '{file}': {error.Message}");
        }
    }

    private async Task<string?> ImageId(Call call, CancellationToken cancellation)
    {
        if (call[_image] is { } image) return await call.Cloud.FindId(Resources.Image, image, cancellation);
        if (!call.Has(_imageProperties)) return null;
        var wanted = call.Pairs(_imageProperties);
        var images = await call.Cloud.Image.List("/images", "images", cancellation);
        var matching = images.Where(item => wanted.All(pair => item.Text(pair.Key) == pair.Value!.GetValue<string>())).ToList();
        if (matching.Count == 0) throw new CommandError("No images match the property expected by --image-property");
        if (matching.Count > 1)
            call.Terminal.Error.WriteLine($"Multiple matching images: {string.Join(", ", matching.Select(item => item.Id()))}\nUsing image: {matching[0].Id()}");
        return matching[0].Id();
    }

    private async Task AddDisks(Call call, JsonObject server, string? image, CancellationToken cancellation)
    {
        var disks = new List<JsonObject>();
        if (call[_volume] is { } volume)
            disks.Add(Root("volume", await call.Cloud.FindId(Resources.Volume, volume, cancellation)));
        else if (call[_snapshot] is { } snapshot)
            disks.Add(Root("snapshot", await call.Cloud.FindId(Resources.Snapshot, snapshot, cancellation)).With("delete_on_termination", false));
        else if (call.Number(_bootFromVolume) is { } size)
            disks.Add(Root("image", image!).With("volume_size", size));
        AddBlank(call, disks);
        foreach (var text in call[_mappings])
            disks.Add(await WithId(call, BlockDevices.ParseMapping(text), cancellation));
        foreach (var text in call[_devices])
        {
            var device = BlockDevices.Parse(text, path => FileText(call, path));
            if (device.ContainsKey("tag")) call.Cloud.Compute.Need("2.42", "tag key of --block-device");
            if (device.ContainsKey("volume_type")) call.Cloud.Compute.Need("2.67", "volume_type key of --block-device");
            disks.Add(await WithId(call, device, cancellation));
        }

        if (disks.Count == 0) return;
        // Beside other disks the image's own has to be named as well, or it would not be the root.
        if (server.Text("imageRef") is { Length: > 0 } root)
        {
            disks.Insert(0, new JsonObject
            {
                ["uuid"] = root, ["source_type"] = "image", ["destination_type"] = "local", ["boot_index"] = 0, ["delete_on_termination"] = true,
            });
        }

        server["block_device_mapping_v2"] = new JsonArray([.. disks]);
    }

    private void AddBlank(Call call, List<JsonObject> disks)
    {
        JsonObject Blank(int size) => new()
        {
            ["boot_index"] = -1, ["source_type"] = "blank", ["destination_type"] = "local", ["delete_on_termination"] = true, ["volume_size"] = size,
        };
        if (call.Number(_swap) is { } swap) disks.Add(Blank(swap).With("guest_format", "swap"));
        foreach (var text in call[_ephemerals])
        {
            var fields = call.Fields(_ephemerals, text, "size", "format");
            if (!int.TryParse(fields.GetValueOrDefault("size"), out var size))
                throw call.Wrong($"argument --ephemeral: Missing required keys size.\nRequired keys are: size (a whole number of GiB), but got: {text}");
            disks.Add(Blank(size).With("guest_format", fields.GetValueOrDefault("format")));
        }
    }

    private static JsonObject Root(string source, string id) =>
        new() { ["uuid"] = id, ["boot_index"] = 0, ["source_type"] = source, ["destination_type"] = "volume" };

    private static string? FileText(Call call, string path)
    {
        var whole = Path.Combine(call.Terminal.Folder, path);
        return File.Exists(whole) ? File.ReadAllText(whole) : null;
    }

    /// <summary>Turns a name into the id where the source is something that has one.</summary>
    private static async Task<JsonObject> WithId(Call call, JsonObject device, CancellationToken cancellation)
    {
        if (device.Text("uuid") is not { } name) return device;
        device["uuid"] = device.Text("source_type") switch
        {
            "volume" => await call.Cloud.FindId(Resources.Volume, name, cancellation),
            "snapshot" => await call.Cloud.FindId(Resources.Snapshot, name, cancellation),
            "image" => await call.Cloud.FindId(Resources.Image, name, cancellation),
            _ => name,
        };
        return device;
    }

    private async Task AddSecurityGroups(Call call, JsonObject server, CancellationToken cancellation)
    {
        var groups = new List<JsonNode?>();
        foreach (var group in call[_groups])
            groups.Add(new JsonObject { ["name"] = await call.Cloud.FindId(Resources.SecurityGroup, group, cancellation) });
        if (groups.Count > 0) server["security_groups"] = new JsonArray([.. groups]);
    }

    /// <summary>A hint given several times is a list.</summary>
    private JsonObject Hints(Call call)
    {
        var hints = new JsonObject();
        foreach (var group in call[_hints].Select(text => call.Pair(_hints, text)).GroupBy(pair => pair.Key))
        {
            var values = group.Select(pair => pair.Value).ToList();
            hints[group.Key] = values.Count == 1 ? values[0] : JsonReading.Array(values);
        }

        return hints;
    }

    private async Task<Record> Described(Call call, JsonObject created, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        async Task<JsonObject> Ask() => (await compute.Get("/servers/" + created.Id(), cancellation))["server"]!.AsObject();
        var server = call[_wait] ? await Waiting.Until(call, Ask, ["ACTIVE"], "creating server", cancellation) : await Ask();
        foreach (var (key, value) in created)
        {
            if (!server.ContainsKey(key)) server[key] = value.Copy();
        }

        return await ServerFields.Show(call.Cloud, server, cancellation);
    }
}
