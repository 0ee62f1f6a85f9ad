using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>
/// What servers ask of the other resources of Compute; <see cref="ComputeRoom"/> puts it together.
/// </summary>
internal sealed record ServerNeeds
{
    /// <summary>The flavor by its API id, where this caller may use it.</summary>
    public required Func<Tx, Caller, string, ServerFlavor?> FindFlavor { get; init; }

    /// <summary>A user's key pair by name.</summary>
    public required Func<Tx, string, string, ServerKey?> FindKeypair { get; init; }

    /// <summary>Throws the 403 of an exceeded quota: instances, cores, RAM (MiB) about to be added to caller's project.</summary>
    public required Action<Tx, Caller, ServerDemand> RequireQuota { get; init; }

    /// <summary>Puts a server into the group of a scheduler hint; a 400 where there is no such group.</summary>
    public Action<Tx, Caller, string, string> JoinGroup { get; init; } = (_, _, _, _) => { };

    /// <summary>Takes a deleted server out of its group.</summary>
    public Action<Tx, string> LeaveGroup { get; init; } = (_, _) => { };

    /// <summary>The groups of servers, by server id.</summary>
    public Func<Tx, IReadOnlyCollection<string>, ILookup<string, string>> GroupsOf { get; init; } =
        (_, _) => Array.Empty<string>().ToLookup(id => id);

    /// <summary>May this server be on that host, as its group has it?</summary>
    public Func<Tx, string, string, bool> GroupAllows { get; init; } = (_, _, _) => true;

    /// <summary>How well a host suits what the server's group wishes; higher is better.</summary>
    public Func<Tx, string, string, int> GroupLikes { get; init; } = (_, _, _) => 0;

    /// <summary>The zone of a host; null takes the default zone.</summary>
    public Func<Tx, string, string?> ZoneOf { get; init; } = (_, _) => null;

    /// <summary>May the scheduler use this host (service enabled)?</summary>
    public Func<Tx, string, bool> HostIsEnabled { get; init; } = (_, _) => true;
}

/// <param name="Type">ssh or x509.</param>
public sealed record ServerKey(string Name, string Type, string PublicKey);

/// <param name="RamMib">Of all of them.</param>
public sealed record ServerDemand(int Instances, int Cores, long RamMib);
