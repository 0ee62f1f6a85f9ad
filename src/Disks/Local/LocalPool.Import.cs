using Cumulet.Disks.Inspection;
using Microsoft.Win32.SafeHandles;

namespace Cumulet.Disks.Local;

public sealed partial class LocalPool
{
    /// <inheritdoc/>
    public async Task<ImportedLayer> ImportAsync(Guid id, Stream source, ImportTerms terms, CancellationToken cancellationToken)
    {
        RequireSpace(terms.ExpectedLength ?? 0);
        if (terms.ExpectedLength > terms.MaxLength)
        {
            throw new DiskException(DiskFault.TooLarge, $"The image has {terms.ExpectedLength} bytes, over the limit of {terms.MaxLength}.");
        }

        var staged = _files.StagingPath(id, terms.Declared);
        using var file = _files.Stage(staged);
        try
        {
            var written = await StreamIntake.WriteAsync(source, file, terms, cancellationToken).ConfigureAwait(false);
            var accepted = Judge(file, terms);
            var layer = _files.LayerOf(id, terms.Declared);
            if (_files.Find(id) is { } existing)
            {
                await RequireSameAsync(existing, layer, written, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await Task.Run(() => _files.Publish(file, staged, layer, isSealed: true), cancellationToken).ConfigureAwait(false);
            }

            return new(layer, written.Length, written.Md5, written.Sha512, accepted.VirtualSize);
        }
        catch (IOException e) when (DiskException.Of(e) is { } named)
        {
            throw named;
        }
        finally
        {
            File.Delete(staged);
        }
    }

    private static Verdict.Accepted Judge(SafeFileHandle file, ImportTerms terms) =>
        ImageInspector.Inspect(terms.Declared, ByteSource.Of(file), terms.Limits) switch
        {
            Verdict.Accepted accepted => accepted,
            Verdict.Refused refused => throw new DiskException(DiskFault.Refused, refused.Reason),
            _ => throw new InvalidOperationException("A verdict is accepted or refused."),
        };

    private static async Task RequireSameAsync(
        DiskLayer existing, DiskLayer wanted, Digest written, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(existing.Path);
        if (existing != wanted || await Digest.OfAsync(stream, cancellationToken).ConfigureAwait(false) != written)
        {
            throw new DiskException(DiskFault.Conflict, $"Layer {existing.Id} exists and holds other bytes; a sealed layer never changes.");
        }
    }
}
