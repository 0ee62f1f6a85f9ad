namespace Cumulet.Cli.Cloudwide.Quotas;

/// <summary>The names of quotas: of the option, and of the field at the service it belongs to.</summary>
static class QuotaNames
{
    public static readonly (string Field, string Option)[] Compute =
    [
        ("cores", "cores"), ("fixed_ips", "fixed-ips"), ("injected_file_content_bytes", "injected-file-size"),
        ("injected_file_path_bytes", "injected-path-size"), ("injected_files", "injected-files"), ("instances", "instances"),
        ("key_pairs", "key-pairs"), ("metadata_items", "properties"), ("ram", "ram"), ("server_groups", "server-groups"),
        ("server_group_members", "server-group-members"),
    ];

    public static readonly (string Field, string Option)[] Volume =
    [
        ("backups", "backups"), ("backup_gigabytes", "backup-gigabytes"), ("gigabytes", "gigabytes"),
        ("per_volume_gigabytes", "per-volume-gigabytes"), ("snapshots", "snapshots"), ("volumes", "volumes"),
    ];

    public static readonly (string Field, string Option)[] Network =
    [
        ("floatingip", "floating-ips"), ("security_group_rule", "secgroup-rules"), ("security_group", "secgroups"), ("network", "networks"),
        ("subnet", "subnets"), ("port", "ports"), ("router", "routers"), ("rbac_policy", "rbac-policies"), ("subnetpool", "subnetpools"),
    ];

    /// <summary>What of the network is in use, under the names and in the order of the python SDK.</summary>
    public static readonly (string Field, string Shown)[] InUse =
    [
        ("floatingip", "floating_ips"), ("network", "networks"), ("port", "ports"), ("rbac_policy", "rbac_policies"), ("router", "routers"),
        ("subnet", "subnets"), ("subnetpool", "subnet_pools"), ("security_group_rule", "security_group_rules"),
        ("security_group", "security_groups"),
    ];

    /// <summary>Names that Compute kept from the time when it had networks of its own.</summary>
    public static readonly (string Field, string Option)[] OldNetwork =
        [("floating_ips", "floating-ips"), ("security_group_rules", "secgroup-rules"), ("security_groups", "secgroups")];

    /// <summary>Those that can be set for one volume type.</summary>
    public static readonly string[] PerVolumeType = ["gigabytes", "snapshots", "volumes"];
}
