using Cumulet.Disks;

namespace Cumulet.ControlPlane.Layers;

/// <summary>Where a layer's bytes come from.</summary>
public enum LayerOrigin
{
    /// <summary>An empty disk.</summary>
    Blank,
    /// <summary>An overlay on the parent: constant time.</summary>
    Clone,
    /// <summary>The parent's whole content without the parent: conversion, raw disks made from an image.</summary>
    Copy,
    /// <summary>What another layer reads differently than the parent, on the parent.</summary>
    Difference,
    /// <summary>Bytes from elsewhere: uploaded, or of a backup that lies outside of the pool.</summary>
    Import,
}

public enum LayerState
{
    /// <summary>The row is there, the file may not be yet.</summary>
    Creating,
    /// <summary>Written to by the one who holds it.</summary>
    Head,
    /// <summary>Never written again; others may stand on it.</summary>
    Sealed,
    /// <summary>Nobody needs it; the reaper removes file and row.</summary>
    Deleting,
}

/// <summary>One link of a chain, as its row has it.</summary>
/// <param name="ParentId">The layer it stands on, or for a copy the one it is read from while it is made.</param>
/// <param name="VirtualSize">Bytes of the disk a guest sees.</param>
/// <param name="KeyId">The key it is encrypted with, or null.</param>
public sealed record Layer(
    Guid Id, Guid? ParentId, DiskFormat Format, long VirtualSize, LayerOrigin Origin, LayerState State, string? KeyId);

/// <summary>
/// Who keeps a layer alive. Kinds: <c>image</c> (as uploaded), <c>image-boot</c> (what disks are cloned from where that is
/// another layer), <c>volume</c>, <c>snapshot</c>, <c>server-disk</c> (id: server/device), <c>backup</c>, <c>unmanaged</c>.
/// </summary>
public sealed record LayerHolder(string Kind, string Id);

/// <summary>A layer to be made, and who will hold it.</summary>
/// <param name="VirtualSize">Bytes; for imports 0 until they are known.</param>
public sealed record LayerPlan(Guid Id, LayerOrigin Origin, Guid? Parent, DiskFormat Format, long VirtualSize, LayerHolder Holder)
{
    /// <summary>The key it is to be encrypted with, or null.</summary>
    public string? KeyId { get; init; }
}

/// <summary>A finished upload.</summary>
/// <param name="Size">Bytes of the file as uploaded.</param>
/// <param name="VirtualSize">Bytes of the disk a guest sees.</param>
/// <param name="Md5">Lower-case hex.</param>
/// <param name="Sha512">Lower-case hex.</param>
public sealed record LayerUpload(long Size, long VirtualSize, string Md5, string Sha512);
