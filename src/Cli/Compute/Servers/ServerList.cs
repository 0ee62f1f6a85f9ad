using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerList(Syntax syntax) : ListCommand(syntax)
{
    private static readonly string[] Statuses =
    [
        "ACTIVE", "BUILD", "DELETED", "ERROR", "HARD_REBOOT", "MIGRATING", "PASSWORD", "PAUSED", "REBOOT", "REBUILD", "RESCUE", "RESIZE",
        "REVERT_RESIZE", "SHELVED", "SHELVED_OFFLOADED", "SHUTOFF", "SOFT_DELETED", "SUSPENDED", "VERIFY_RESIZE",
    ];

    private static readonly Dictionary<string, int> PowerStates = new()
    {
        ["pending"] = 0, ["running"] = 1, ["paused"] = 3, ["shutdown"] = 4, ["crashed"] = 6, ["suspended"] = 7,
    };

    private readonly Option<string?> _reservation = syntax.Value("--reservation-id", "<reservation-id>", "Keep servers of this reservation");
    private readonly Option<string?> _ip = syntax.Value("--ip", "<ip-address-regex>", "Keep servers with such an IPv4 address");
    private readonly Option<string?> _ip6 = syntax.Value("--ip6", "<ip-address-regex>", "Keep servers with such an IPv6 address");
    private readonly Option<string?> _name = syntax.Value("--name", "<name-regex>", "Keep servers with such a name");
    private readonly Option<string?> _instanceName = syntax.Value("--instance-name", "<server-name>", "Keep servers with such an instance name (admin only)");
    private readonly Option<string?> _status = syntax.Value("--status", "<status>", "Keep servers in this status", Statuses);
    private readonly Option<string?> _flavor = syntax.Value("--flavor", "<flavor>", "Keep servers of this flavor (name or ID)");
    private readonly Option<string?> _image = syntax.Value("--image", "<image>", "Keep servers of this image (name or ID)");
    private readonly Option<string?> _host = syntax.Value("--host", "<hostname>", "Keep servers on this host");
    private readonly Option<bool> _allProjects = syntax.Flag("--all-projects", "Include all projects (admin only) (Env: ALL_PROJECTS)");
    private readonly ProjectOption _project = new(syntax, "Keep servers of this project (admin only) (name or ID)");
    private readonly UserOption _user = new(syntax, "Keep servers of this user (name or ID)");
    private readonly Option<bool> _deleted = syntax.Flag("--deleted", "List deleted servers only (admin only)");
    private readonly Option<string?> _zone = syntax.Value("--availability-zone", "<zone>", "Keep servers in this availability zone");
    private readonly Option<string?> _key = syntax.Value("--key-name", "<key-name>", "Keep servers with this keypair");
    private readonly Option<bool> _drive = syntax.FlagIn("drive", "--config-drive", "Keep servers with a config drive");
    private readonly Option<bool> _noDrive = syntax.FlagIn("drive", "--no-config-drive", "Keep servers without a config drive");
    private readonly Option<string?> _progress = syntax.Value("--progress", "<percent>", "Keep servers with this progress");
    private readonly Option<string?> _vmState = syntax.Value("--vm-state", "<state>", "Keep servers in this vm_state");
    private readonly Option<string?> _taskState = syntax.Value("--task-state", "<state>", "Keep servers in this task_state");
    private readonly Option<string?> _power = syntax.Value("--power-state", "<state>", "Keep servers in this power state", [.. PowerStates.Keys]);
    private readonly Option<bool> _long = syntax.Flag("--long", "List more fields");
    private readonly Option<bool> _noLookup = syntax.FlagIn("lookup", "-n,--no-name-lookup", "Do not ask for the names of flavors and images");
    private readonly Option<bool> _oneByOne = syntax.FlagIn("lookup", "--name-lookup-one-by-one", "Ask for the names of flavors and images one by one");
    private readonly Option<string?> _marker = syntax.Value("--marker", "<server>", "Begin behind this server (name or ID)");
    private readonly Option<string?> _limit = syntax.Value("--limit", "<num-servers>", "Most servers to list; -1 for all");
    private readonly Option<string?> _before = syntax.Value("--changes-before", "<changes-before>", "Keep servers last changed before this time");
    private readonly Option<string?> _since = syntax.Value("--changes-since", "<changes-since>", "Keep servers changed since this time");
    private readonly Option<bool> _locked = syntax.FlagIn("locked", "--locked", "Keep locked servers");
    private readonly Option<bool> _unlocked = syntax.FlagIn("locked", "--unlocked", "Keep unlocked servers");
    private readonly Option<string[]> _tags = syntax.Values("--tags", "<tag>", "Keep servers with this tag (repeatable)");
    private readonly Option<string[]> _notTags = syntax.Values("--not-tags", "<tag>", "Keep servers without this tag (repeatable)");

    public override string Description => "List servers";

    protected override async Task<Table> List(Call call, CancellationToken cancellation)
    {
        NeedVersions(call);
        var limit = call.Number(_limit);
        var query = await Conditions(call, limit, cancellation);
        var compute = call.Cloud.Compute;
        var servers = compute.List("/servers/detail" + query, "servers", cancellation, limit is > 0 ? limit : null);
        var names = call[_noLookup] ? ServerNames.None
            : await ServerNames.Ask(call.Cloud, servers, call[_oneByOne], !compute.AtLeast("2.47"), cancellation);
        return ServerColumns.Table(await servers, names, call[_long], call[_noLookup], compute, WantedColumns(call));
    }

    private void NeedVersions(Call call)
    {
        var compute = call.Cloud.Compute;
        if (call.Has(_tags)) compute.Need("2.26", "--tag option");
        if (call.Has(_notTags)) compute.Need("2.26", "--not-tag option");
        if (call[_locked]) compute.Need("2.73", "--locked option");
        if (call[_unlocked]) compute.Need("2.73", "--unlocked option");
        if (call.Has(_before)) compute.Need("2.66", "--changes-before option");
    }

    private async Task<Query> Conditions(Call call, int? limit, CancellationToken cancellation)
    {
        var cloud = call.Cloud;
        var project = await _project.Id(call, cancellation);
        var all = call[_allProjects] || project is not null || call.Terminal.Variable("ALL_PROJECTS") is not null;
        var marker = call[_marker] is { } text && call[_deleted] ? text
            : await cloud.FindIdOrNull(Resources.Server, call[_marker], cancellation);
        return new Query().With("reservation_id", call[_reservation]).With("ip", call[_ip]).With("ip6", call[_ip6]).With("name", call[_name])
            .With("instance_name", call[_instanceName]).With("status", call[_status])
            .With("flavor", await cloud.FindIdOrNull(Resources.Flavor, call[_flavor], cancellation))
            .With("image", await cloud.FindIdOrNull(Resources.Image, call[_image], cancellation)).With("host", call[_host])
            .With("tenant_id", project).With("all_tenants", all ? true : null).With("user_id", await _user.Id(call, cancellation))
            .With("deleted", call[_deleted] ? true : null).With("changes-before", Time(call[_before], "changes-before"))
            .With("changes-since", Time(call[_since], "changes-since")).With("availability_zone", call[_zone]).With("key_name", call[_key])
            .With("config_drive", call.Either(_drive, _noDrive)).With("progress", call.Number(_progress)).With("vm_state", call[_vmState])
            .With("task_state", call[_taskState]).With("power_state", call[_power] is { } power ? PowerStates[power] : null)
            .With("tags", Joined(call[_tags])).With("not-tags", Joined(call[_notTags])).With("locked", call.Either(_locked, _unlocked))
            .With("marker", marker).With("limit", limit is > 0 ? limit : null);
    }

    private static string? Joined(string[] tags) => tags.Length == 0 ? null : string.Join(',', tags);

    private static string? Time(string? text, string name) => text is null || DateTimeOffset.TryParse(text, out _) ? text
        : throw new CommandError($"Invalid {name} value: {text}");
}
