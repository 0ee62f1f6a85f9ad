using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;

namespace Cumulet.Cli.Volume.Transfers;

sealed class VolumeTransferRequestShow(Syntax syntax)
    : ShowByNameCommand(syntax, Resources.VolumeTransfer, "volume transfer request", Entity.Show, "<transfer-request>");
