using Cumulet.ControlPlane.Api;

namespace Cumulet.ControlPlane.Identity;

/// <summary>The refusals of this room in Keystone's words.</summary>
internal static class IdentityFault
{
    public static Fault NotFound(string what, string id) => Fault.NotFound($"Could not find {what}: {id.Truncated()}.");

    public static Fault Duplicate(string what, string detail) =>
        Fault.Conflict($"Conflict occurred attempting to store {what} - {detail}.");

    public static Fault DuplicateName(string what, string name, string? domainId) => Duplicate(what, domainId is null
        ? $"Duplicate entry found with name {name.Truncated()}"
        : $"Duplicate entry found with name {name.Truncated()} at domain ID {domainId}");

    public static Fault Forbidden(string reason) =>
        Fault.Forbidden($"You are not authorized to perform the requested action: {reason}.");

    public static Fault Immutable(string what, string id) => Fault.Forbidden(
        $"Unable to change or delete immutable {what} resource: `{id}. Set resource option \"immutable\" to false first.");

    public static Fault Refused(string policy) => Fault.Forbidden($"You are not authorized to perform the requested action: {policy}.");
}
