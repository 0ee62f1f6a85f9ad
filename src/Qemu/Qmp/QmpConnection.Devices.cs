using System.Text.Json;

namespace Cumulet.Qemu.Qmp;

/// <summary>Devices, network back ends and the object tree.</summary>
public sealed partial class QmpConnection
{
    /// <summary>Plugs a device: members of device_add (driver, id, bus, …).</summary>
    public Task DeviceAddAsync(Action<Utf8JsonWriter> members, CancellationToken cancellation) =>
        ExecuteAsync("device_add", members, cancellation);

    /// <summary>Only asks the guest to let go; done when DEVICE_DELETED names the device.</summary>
    public Task DeviceDelAsync(string device, CancellationToken cancellation) =>
        ExecuteAsync("device_del", json => json.WriteString("id"u8, device), cancellation);

    public Task NetdevAddAsync(Action<Utf8JsonWriter> members, CancellationToken cancellation) =>
        ExecuteAsync("netdev_add", members, cancellation);

    public Task NetdevDelAsync(string netdev, CancellationToken cancellation) =>
        ExecuteAsync("netdev_del", json => json.WriteString("id"u8, netdev), cancellation);

    /// <summary>Link up or down as the guest sees it.</summary>
    public Task SetLinkAsync(string device, bool up, CancellationToken cancellation) =>
        ExecuteAsync("set_link", json =>
        {
            json.WriteString("name"u8, device);
            json.WriteBoolean("up"u8, up);
        }, cancellation);

    /// <summary>Adds a secret, which block nodes name as their key.</summary>
    public Task AddSecretAsync(string id, LayerSecret secret, CancellationToken cancellation) =>
        ExecuteAsync("object-add", json =>
        {
            json.WriteString("qom-type"u8, "secret"u8);
            json.WriteString("id"u8, id);
            json.WriteString("data"u8, secret.Passphrase);
        }, cancellation);

    public Task DeleteObjectAsync(string id, CancellationToken cancellation) =>
        ExecuteAsync("object-del", json => json.WriteString("id"u8, id), cancellation);

    /// <summary>Ids of the secrets there are.</summary>
    public async Task<IReadOnlyList<string>> QuerySecretsAsync(CancellationToken cancellation) =>
        [.. (await QomListAsync("/objects", cancellation)).Where(child => child.Value == "secret").Select(child => child.Key)];

    /// <summary>Names and QOM types of the children of an object.</summary>
    public async Task<IReadOnlyDictionary<string, string>> QomListAsync(string path, CancellationToken cancellation) =>
        (await ExecuteAsync("qom-list", json => json.WriteString("path"u8, path), cancellation)).EnumerateArray()
            .Where(child => child.GetProperty("type").GetString()!.StartsWith("child<", StringComparison.Ordinal))
            .ToDictionary(
                child => child.GetProperty("name").GetString()!,
                child => child.GetProperty("type").GetString()!["child<".Length..^1],
                StringComparer.Ordinal);

    public Task<JsonElement> QomGetAsync(string path, string property, CancellationToken cancellation) =>
        ExecuteAsync("qom-get", json =>
        {
            json.WriteString("path"u8, path);
            json.WriteString("property"u8, property);
        }, cancellation);

    public Task<JsonElement> QueryPciAsync(CancellationToken cancellation) => ExecuteAsync("query-pci", null, cancellation);
}
