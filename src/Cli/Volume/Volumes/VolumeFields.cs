using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Volumes;

/// <summary>What of a volume is shown, and how.</summary>
static class VolumeFields
{
    /// <summary><c>Attached to web on /dev/vda </c> for each attachment; the blank at the end is the python client's.</summary>
    public static Cell AttachedTo(JsonObject volume, IReadOnlyDictionary<string, string> serverNames)
    {
        var text = string.Concat(volume.Items("attachments").Select(attachment =>
        {
            var server = attachment.Text("server_id") ?? "";
            return $"Attached to {serverNames.GetValueOrDefault(server, server)} on {attachment.Text("device") ?? "None"} ";
        }));
        return new Cell(volume["attachments"].Copy() ?? new JsonArray(), text);
    }

    /// <summary>All fields; metadata under the name of its option, properties.</summary>
    public static Record Show(JsonObject volume) => Record.Sorted(volume.Where(pair => pair.Key != "links").Select(pair => pair.Key switch
    {
        "metadata" => ("properties", Cell.Pairs(pair.Value.Copy())),
        "volume_type" => ("type", Cell.Plain(pair.Value.Copy())),
        _ => (pair.Key, Cell.Plain(pair.Value.Copy())),
    }));
}
