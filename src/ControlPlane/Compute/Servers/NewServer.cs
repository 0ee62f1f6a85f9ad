using System.Text.Json.Serialization;
using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Compute.Servers;

/// <summary>Who asked, in the form that a journal keeps: what later steps need to act in their name.</summary>
public sealed record SagaCaller(
    string UserId, string UserName, string UserDomainId, string? ProjectId, string? ProjectName, string? ProjectDomainId, string[] Roles)
{
    public static SagaCaller Of(Caller caller) => new(
        caller.UserId, caller.UserName, caller.UserDomainId, caller.ProjectId, caller.ProjectName, caller.ProjectDomainId, [.. caller.Roles]);

    public Caller ToCaller() => new()
    {
        UserId = UserId,
        UserName = UserName,
        UserDomainId = UserDomainId,
        ProjectId = ProjectId,
        ProjectName = ProjectName,
        ProjectDomainId = ProjectDomainId,
        Roles = System.Collections.Frozen.FrozenSet.ToFrozenSet(Roles),
    };
}

/// <summary>A network card asked for: a port that is there, or one to be made on a network.</summary>
/// <param name="PortId">Of the port that is there, or the id that the new one will have.</param>
/// <param name="NetworkId">Null for a port that is there.</param>
public sealed record WantedNic(string PortId, string? NetworkId, string? FixedIp, string? Tag);

/// <summary>A volume that a server needs made.</summary>
/// <param name="DiskId">The row of the disk it becomes.</param>
public sealed record WantedVolume(string DiskId, string VolumeId, string? SagaId);

/// <summary>What the steps of a server's creation hand on.</summary>
public sealed record CreateServerState
{
    public required string ServerId { get; init; }
    public required string RequestId { get; init; }
    public required SagaCaller Caller { get; init; }
    public required WantedNic[] Nics { get; init; }
    public required string[] SecurityGroups { get; init; }
    /// <summary>Volumes being made for this server.</summary>
    public WantedVolume[] Volumes { get; init; } = [];
    /// <summary>Layers being made for this server.</summary>
    public Guid[] Layers { get; init; } = [];
}

/// <summary>The state of a saga that does one thing to one server.</summary>
public sealed record ServerTaskState
{
    public required string ServerId { get; init; }
    public required string RequestId { get; init; }
    /// <summary>What an action is about that makes more of a server than a change of its power.</summary>
    public ServerChange? Change { get; init; }
    public SagaCaller? Caller { get; init; }
    /// <summary>The disk or port that it is about.</summary>
    public string? Subject { get; init; }
    public WantedNic? Nic { get; init; }
    public string? Kind { get; init; }
    public string? DiskId { get; init; }
    public Guid? Head { get; init; }
    public Guid? NewHead { get; init; }
    public string[] SecurityGroups { get; init; } = [];
}

[JsonSerializable(typeof(CreateServerState))]
[JsonSerializable(typeof(ServerTaskState))]
internal sealed partial class ServerSagaJson : JsonSerializerContext;
