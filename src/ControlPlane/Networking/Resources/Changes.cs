using System.Text.Json;
using Cumulet.ControlPlane.Api;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Networking.Resources;

/// <summary>One resource being made, inside the write transaction; its body has been checked against the attributes.</summary>
internal sealed record Creation(Tx Tx, ApiRequest Request, JsonElement Body, string ProjectId, DateTimeOffset Now)
{
    public Caller Caller => Request.Caller;
    public string NewId { get; } = Guid.NewGuid().ToString();
    public string Text(string name) => Body.GetText(name) ?? "";
    public bool Flag(string name, bool otherwise) => Body.GetFlag(name) ?? otherwise;
}

/// <summary>One resource being changed. Only what is in the body changes.</summary>
internal sealed record Change<T>(Tx Tx, ApiRequest Request, JsonElement Body, T Current, DateTimeOffset Now)
{
    public Caller Caller => Request.Caller;
    public bool Has(string name) => Body.Has(name);
    public string Text(string name, string current) => Body.Has(name) ? Body.GetText(name) ?? "" : current;
    public string? TextOrNull(string name, string? current) => Body.Has(name) ? Body.GetText(name) : current;
    public bool Flag(string name, bool current) => Body.GetFlag(name) ?? current;
    public int Number(string name, int current) => Body.GetInt(name) ?? current;
}

internal sealed record Removal<T>(Tx Tx, ApiRequest Request, T Current, DateTimeOffset Now);
