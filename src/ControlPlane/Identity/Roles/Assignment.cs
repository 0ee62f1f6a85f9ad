namespace Cumulet.ControlPlane.Identity.Roles;

internal enum ActorKind { User, Group }

internal enum TargetKind { Project, Domain, System }

/// <summary>A role given to a user or group on a project, a domain or the whole system.</summary>
internal sealed record Assignment(ActorKind ActorKind, string ActorId, TargetKind TargetKind, string TargetId, string RoleId, bool Inherited)
{
    /// <summary>The one id of the system as a target.</summary>
    public const string SystemId = "system";
}
