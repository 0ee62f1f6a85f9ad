using System.Text.Json;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Servers;

/// <summary>
/// The texts of <c>--block-device</c> and <c>--block-device-mapping</c> as entries of block_device_mapping_v2. Pure.
/// </summary>
/// <remarks>
/// Two clients gave the same option two grammars. The older nova client writes
/// <c>source=image,id=I,dest=volume,size=20,shutdown=remove,bootindex=0</c>, and an image without a destination goes to a
/// local disk; python-openstackclient writes <c>source_type=image,uuid=I,destination_type=volume,volume_size=20,…</c>, and an
/// image without a destination becomes a volume. Both are read, each with its own defaults; one option in both at
/// once is refused, because then nobody could say which default was meant.
/// </remarks>
static class BlockDevices
{
    private static readonly Dictionary<string, string> NovaKeys = new()
    {
        ["id"] = "uuid", ["source"] = "source_type", ["dest"] = "destination_type", ["bus"] = "disk_bus", ["type"] = "device_type",
        ["device"] = "device_name", ["size"] = "volume_size", ["format"] = "guest_format", ["bootindex"] = "boot_index",
        ["shutdown"] = "delete_on_termination", ["tag"] = "tag", ["volume_type"] = "volume_type",
    };

    private static readonly string[] OpenStackKeys =
    [
        "uuid", "source_type", "destination_type", "disk_bus", "device_type", "device_name", "volume_size", "guest_format",
        "boot_index", "delete_on_termination", "tag", "volume_type",
    ];

    /// <summary>One <c>--block-device</c>: pairs, or the path of a JSON file with the second grammar's keys.</summary>
    /// <exception cref="CommandError">The text says what is wrong and which keys there are.</exception>
    public static JsonObject Parse(string text, Func<string, string?> readFile) =>
        readFile(text) is { } json ? FromFile(text, json) : FromPairs(text);

    /// <summary>The older form: <c>vdb=ID:snapshot:10:true</c>.</summary>
    public static JsonObject ParseMapping(string text)
    {
        var parts = text.Split('=', 2);
        var fields = parts.Length == 2 && parts[1].Length > 0 ? parts[1].Split(':') : [];
        if (parts[0].Length == 0 || fields.Length is 0 or > 4 || fields[0].Length == 0)
        {
            throw new CommandError($"Invalid argument {text}; argument must be of form "
                + "'dev-name=id[:type[:size[:delete-on-terminate]]]'");
        }

        string? Field(int index) => index < fields.Length && fields[index].Length > 0 ? fields[index] : null;
        if (Field(1) is { } type && type is not ("volume" or "snapshot" or "image"))
            throw new CommandError($"Invalid argument {text}; 'type' must be one of: volume, snapshot, image");
        var device = new JsonObject
        {
            ["device_name"] = parts[0], ["uuid"] = fields[0], ["source_type"] = Field(1) ?? "volume", ["destination_type"] = "volume",
        };
        if (Field(2) is { } size) device["volume_size"] = Whole(size, "size", text);
        if (Field(3) is { } delete) device["delete_on_termination"] = Boolean(delete, "delete-on-terminate");
        return device;
    }

    private static JsonObject FromPairs(string text)
    {
        var pairs = new List<(string Key, string Value)>();
        foreach (var part in text.Split(','))
        {
            pairs.Add(part.Split('=', 2) is [{ Length: > 0 } key, { Length: > 0 } value] ? (key, value)
                : throw new CommandError($"--block-device: '{part}' in '{text}' is not of the form key=value"));
        }

        CheckKeys(pairs.Select(pair => pair.Key));
        var isNova = pairs.Any(pair => NovaKeys.ContainsKey(pair.Key) && !OpenStackKeys.Contains(pair.Key));
        var device = new JsonObject();
        foreach (var (key, value) in pairs) device[isNova ? NovaKeys[key] : key] = value;
        return Complete(device, isNova);
    }

    private static JsonObject FromFile(string path, string json)
    {
        try
        {
            if (JsonNode.Parse(json) is not JsonObject device)
                throw new CommandError($"--block-device: {path} must hold one JSON object");
            CheckKeys(device.Select(pair => pair.Key));
            var foreign = device.FirstOrDefault(pair => !OpenStackKeys.Contains(pair.Key)).Key;
            if (foreign is not null)
                throw new CommandError($"Invalid keys {foreign} specified.\nValid keys in a file are: {string.Join(", ", OpenStackKeys)}");
            return Complete(device, isNova: false);
        }
        catch (JsonException error)
        {
            throw new CommandError($"--block-device: {path} is not JSON: {error.Message}");
        }
    }

    private static void CheckKeys(IEnumerable<string> given)
    {
        var keys = given.ToList();
        var unknown = keys.Where(key => !NovaKeys.ContainsKey(key) && !OpenStackKeys.Contains(key)).ToList();
        var nova = keys.Where(key => NovaKeys.ContainsKey(key) && !OpenStackKeys.Contains(key)).ToList();
        var openStack = keys.Where(key => OpenStackKeys.Contains(key) && !NovaKeys.ContainsKey(key)).ToList();
        var twice = keys.GroupBy(key => key).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (unknown.Count > 0)
            throw new CommandError($"Invalid keys {string.Join(", ", unknown)} specified.\n{Valid}");
        if (nova.Count > 0 && openStack.Count > 0)
        {
            throw new CommandError($"Invalid keys: {string.Join(", ", nova)} and {string.Join(", ", openStack)} "
                + $"belong to different grammars of --block-device; use one of them.\n{Valid}");
        }

        if (twice is not null) throw new CommandError($"--block-device: key {twice} is given twice");
    }

    private static string Valid => $"Valid keys are: {string.Join(", ", OpenStackKeys)}\n"
        + $"or, in the nova client's form: {string.Join(", ", NovaKeys.Keys)}";

    /// <summary>Checks the values and fills in what the grammar implies.</summary>
    private static JsonObject Complete(JsonObject device, bool isNova)
    {
        var sourceKey = isNova ? "source" : "source_type";
        var destinationKey = isNova ? "dest" : "destination_type";
        device["source_type"] ??= "blank";
        var source = device.Text("source_type")!;
        if (source is not ("volume" or "image" or "snapshot" or "blank"))
            throw new CommandError($"The {sourceKey} key of --block-device should be one of: volume, image, snapshot, blank, not '{source}'");
        device["destination_type"] ??= source == "blank" || (isNova && source == "image") ? "local" : "volume";
        var destination = device.Text("destination_type")!;
        if (destination is not ("local" or "volume"))
            throw new CommandError($"The {destinationKey} key of --block-device should be one of: local, volume, not '{destination}'");
        if (device.Text("boot_index") is { } boot)
            device["boot_index"] = Whole(boot, isNova ? "bootindex" : "boot_index", boot);
        if (device.Text("volume_size") is { } size)
            device["volume_size"] = Whole(size, isNova ? "size" : "volume_size", size);
        if (device.Text("delete_on_termination") is { } delete)
            device["delete_on_termination"] = isNova ? Shutdown(delete) : Boolean(delete, "delete_on_termination");
        else if (destination == "local")
            device["delete_on_termination"] = true;
        return device;
    }

    private static int Whole(string text, string key, string whole) => int.TryParse(text, out var number) ? number
        : throw new CommandError($"The {key} key of --block-device should be an integer, not '{text}'" + (whole == text ? "" : $" (in '{whole}')"));

    private static bool Shutdown(string text) => text switch
    {
        "remove" => true,
        "preserve" => false,
        _ => throw new CommandError($"The shutdown key of --block-device should be one of: preserve, remove, not '{text}'"),
    };

    private static bool Boolean(string text, string key) => text.ToLowerInvariant() switch
    {
        "true" or "t" or "yes" or "y" or "on" or "1" => true,
        "false" or "f" or "no" or "n" or "off" or "0" => false,
        _ => throw new CommandError($"The {key} key of --block-device should be a boolean-like value, not '{text}'"),
    };
}
