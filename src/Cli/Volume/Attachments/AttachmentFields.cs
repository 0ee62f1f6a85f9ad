using Cumulet.Cli.Output;

namespace Cumulet.Cli.Volume.Attachments;

/// <summary>What of an attachment is shown, and how.</summary>
static class AttachmentFields
{
    private static readonly (string, Func<JsonObject, Cell>)[] Shown =
    [
        .. Columns.Headed("ID", "Volume ID"), Columns.Of("Instance ID", "instance"),
        .. Columns.Headed("Status", "Attach Mode", "Attached At", "Detached At"), Columns.Of("Properties", "connection_info", Cell.Pairs),
    ];

    public static Record Show(JsonObject answer) => Record.Of(answer["attachment"]!.AsObject(), Shown);
}
