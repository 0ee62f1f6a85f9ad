using Cumulet.Disks.Encryption;
using Cumulet.Disks.Inspection;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.Disks;

/// <summary>
/// A place where layers live, as a driver: about a dozen verbs, each idempotent and safe against a crash at any moment.
/// The rows (which layer has which parent, who refers to it) are the control plane's; a pool is told ids and chains and
/// does files. Chains are always given top to base. Errors are <see cref="DiskException"/>.
/// </summary>
public interface IPool
{
    /// <summary>Writes a stream as a new sealed layer, after its bytes have been found to be what was declared.
    /// Again with the same id and bytes: the same result. Again with other bytes: <see cref="DiskFault.Conflict"/>.</summary>
    Task<ImportedLayer> ImportAsync(Guid id, Stream source, ImportTerms terms, CancellationToken cancellationToken);

    /// <summary>Makes an empty head of <paramref name="size"/> bytes: qcow2, or raw for volumes attached more than once.</summary>
    /// <remarks>With a key what is written to it is encrypted; that needs qcow2.</remarks>
    Task<DiskLayer> BlankAsync(Guid id, long size, DiskFormat format, LayerKey? key, CancellationToken cancellationToken);

    /// <summary>Makes a head on a chain of sealed layers in constant time. The size in bytes is at least the base's.</summary>
    Task<DiskLayer> CloneAsync(Guid id, IReadOnlyList<LayerRef> chain, long size, LayerKey? key, CancellationToken cancellationToken);

    /// <summary>Makes a layer without parent holding the whole content of a chain: conversion of an upload to raw or qcow2,
    /// flattening, a raw volume from an image. <paramref name="size"/> grows it; null keeps the virtual size.</summary>
    Task<DiskLayer> CopyAsync(
        Guid id, IReadOnlyList<LayerRef> chain, DiskFormat format, long? size, LayerKey? key, CancellationToken cancellationToken);

    /// <summary>Makes a raw head of <paramref name="size"/> bytes with what <paramref name="write"/> puts into its file, which is
    /// empty before; it has its name when that is whole and durable.</summary>
    Task<DiskLayer> FillAsync(
        Guid id, long size, Func<SafeFileHandle, CancellationToken, Task> write, CancellationToken cancellationToken);

    /// <summary>Makes a sealed layer on the chain <paramref name="below"/> that holds what the chain <paramref name="source"/>
    /// reads differently. Both are read whole; only the differences are written.</summary>
    Task<DiskLayer> DifferenceAsync(
        Guid id, IReadOnlyList<LayerRef> source, IReadOnlyList<LayerRef> below, LayerKey? key, CancellationToken cancellationToken);

    /// <summary>Marks a head as sealed: from now on nobody writes to it. After an online snapshot, or as its own step.</summary>
    Task SealAsync(LayerRef head, CancellationToken cancellationToken);

    /// <summary>The undo of <see cref="SealAsync"/>: a layer without child becomes a head again.</summary>
    Task UnsealAsync(LayerRef layer, CancellationToken cancellationToken);

    /// <summary>Seals the head of a chain that no guest has open and makes a new head of the same size on it, with the same key.</summary>
    Task<DiskLayer> ForkAsync(IReadOnlyList<LayerRef> chain, Guid newHead, CancellationToken cancellationToken);

    /// <summary>Grows a head that no guest has open to <paramref name="size"/> bytes. Never shrinks.</summary>
    Task ResizeAsync(IReadOnlyList<LayerRef> chain, long size, CancellationToken cancellationToken);

    /// <summary>Takes the <paramref name="count"/> layers below the top of a chain that no guest has open out of it: what they
    /// hold is copied into the top, which afterwards stands on the rest. Nothing is deleted; until the rows say otherwise the
    /// old chain reads the same.</summary>
    Task MergeAsync(IReadOnlyList<LayerRef> chain, int count, CancellationToken cancellationToken);

    /// <summary>Reads a chain: its guest-visible bytes, or the topmost file as it was uploaded. The caller disposes it.</summary>
    Task<Stream> ExportAsync(IReadOnlyList<LayerRef> chain, ExportAs form, CancellationToken cancellationToken);

    /// <summary>Checks the tables of every layer of a chain that no guest has open; throws ToolFailed when they are damaged.</summary>
    Task CheckAsync(IReadOnlyList<LayerRef> chain, CancellationToken cancellationToken);

    /// <summary>The chain in its place, for a guest's block graph. Throws NotFound when a layer's file is missing.</summary>
    DiskChain Open(IReadOnlyList<LayerRef> chain);

    /// <summary>Removes whatever exists of a layer; nothing there is success.</summary>
    Task DeleteAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>What one layer holds.</summary>
    LayerUsage Usage(LayerRef layer);

    /// <summary>Whether a layer's own file says that it is encrypted.</summary>
    bool IsEncrypted(LayerRef layer);

    /// <summary>What the pool holds and has left.</summary>
    PoolCapacity Capacity();

    /// <summary>Clears half-done work and compares what is there with what the rows know. Deletes no layer.
    /// Called once at start, before any other verb.</summary>
    PoolInventory Recover(IReadOnlySet<Guid> known);

    /// <summary>The same comparison at any time and without touching anything; half-done work is not looked at.</summary>
    PoolInventory Compare(IReadOnlySet<Guid> known);
}

/// <summary>What an upload promises and may be.</summary>
/// <param name="Declared">The image's <c>disk_format</c>.</param>
/// <param name="ExpectedLength">Bytes the client announced; null when it did not.</param>
/// <param name="MaxLength">Bytes an image may have at most (Glance: <c>image_size_cap</c>).</param>
/// <param name="Limits">What the inspection refuses.</param>
public sealed record ImportTerms(DiskFormat Declared, long? ExpectedLength, long MaxLength, InspectionLimits Limits);

/// <summary>A finished import.</summary>
/// <param name="Layer">The sealed layer.</param>
/// <param name="Size">Bytes of the file.</param>
/// <param name="Checksum">MD5 in lower-case hex (Glance's <c>checksum</c>).</param>
/// <param name="Sha512">SHA-512 in lower-case hex (Glance's <c>os_hash_value</c>).</param>
/// <param name="VirtualSize">Bytes of the disk a guest sees.</param>
public sealed record ImportedLayer(DiskLayer Layer, long Size, string Checksum, string Sha512, long VirtualSize);

/// <summary>The form of an export.</summary>
public enum ExportAs
{
    /// <summary>What a guest would read, through the whole chain.</summary>
    Raw,
    /// <summary>The file of the top layer byte for byte.</summary>
    AsUploaded,
}

/// <summary>What one layer holds, in bytes.</summary>
/// <param name="Allocated">Space it takes on the pool.</param>
/// <param name="Virtual">Size of the disk it describes.</param>
public sealed record LayerUsage(long Allocated, long Virtual);

/// <summary>What a pool holds and has left, in bytes.</summary>
/// <param name="Total">Size of the file system.</param>
/// <param name="Free">Space new layers may take: what is free above the reserved floor.</param>
/// <param name="Allocated">Space all layers take.</param>
/// <param name="Virtual">Sum of the virtual sizes of the heads, what an over-commit ratio is measured against.</param>
public sealed record PoolCapacity(long Total, long Free, long Allocated, long Virtual);

/// <summary>What is there against what should be.</summary>
/// <param name="Orphans">Layers on the pool that no row knows; the caller deletes them.</param>
/// <param name="Missing">Rows without a layer: data lost, to be reported.</param>
/// <param name="Strangers">Names in the layer directory that are no layer's; left alone, to be reported.</param>
/// <param name="Cleared">How many half-done files were removed.</param>
public sealed record PoolInventory(
    IReadOnlyList<DiskLayer> Orphans, IReadOnlyList<Guid> Missing, IReadOnlyList<string> Strangers, int Cleared);
