using Cumulet.Cli.Cloudwide;
using Cumulet.Cli.Cloudwide.Quotas;

namespace Cumulet.Cli.Commands;

static partial class CommandTable
{
    private static readonly CommandEntry[] Cloudwide =
    [
        new("availability zone list", syntax => new AvailabilityZoneList(syntax)),
        new("extension list", syntax => new ExtensionList(syntax)),
        new("extension show", syntax => new ExtensionShow(syntax)),
        new("limits show", syntax => new LimitsShow(syntax)),
        new("quota list", syntax => new QuotaList(syntax)),
        new("quota set", syntax => new QuotaSet(syntax)),
        new("quota show", syntax => new QuotaShow(syntax)),
        new("versions show", syntax => new VersionsShow(syntax)),
    ];
}
