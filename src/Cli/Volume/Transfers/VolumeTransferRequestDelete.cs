using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Volume.Transfers;

sealed class VolumeTransferRequestDelete(Syntax syntax)
    : DeleteCommand(syntax, Resources.VolumeTransfer, "volume transfer request", "<transfer-request>")
{
    protected override string Summary(int failed, int all) => base.Summary(failed, all).TrimEnd('.');
}
