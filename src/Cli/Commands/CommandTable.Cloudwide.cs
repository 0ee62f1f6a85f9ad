using Cumulet.Cli.Cloudwide;
using Cumulet.Cli.Cloudwide.Introspection;
using Cumulet.Cli.Cloudwide.Projects;
using Cumulet.Cli.Cloudwide.Quotas;

namespace Cumulet.Cli.Commands;

static partial class CommandTable
{
    private static readonly CommandEntry[] Cloudwide =
    [
        new("availability zone list", syntax => new AvailabilityZoneList(syntax)),
        new("configuration show", syntax => new ConfigurationShow(syntax)),
        new("extension list", syntax => new ExtensionList(syntax)),
        new("extension show", syntax => new ExtensionShow(syntax)),
        new("limits show", syntax => new LimitsShow(syntax)),
        new("project cleanup", syntax => new ProjectCleanup(syntax)),
        new("project purge", syntax => new ProjectPurge(syntax)),
        new("quota list", syntax => new QuotaList(syntax)),
        new("quota set", syntax => new QuotaSet(syntax)),
        new("quota show", syntax => new QuotaShow(syntax)),
        new("versions show", syntax => new VersionsShow(syntax)),
    ];

    /// <summary>Commands that are about the client itself.</summary>
    private static readonly CommandEntry[] OfItself =
    [
        new("command list", syntax => new CommandList(syntax)),
        new("module list", syntax => new ModuleList(syntax)),
    ];
}
