using Cumulet.ControlPlane.Store;
using Microsoft.Extensions.Logging;

namespace Cumulet.ControlPlane.Sagas;

/// <summary>How the runner writes its journal, also while the database is away.</summary>
public sealed partial class SagaRunner
{
    private async Task<SagaRow> Save(SagaRow row)
    {
        await Persist(row, tx => SagaJournal.Save(tx, row, time.GetUtcNow()));
        return row with { IsAhead = false };
    }

    /// <summary>
    /// A change of rows and its journal entry in one commit. Where an earlier try got through after all, although the
    /// connection was lost before it could say so, the journal is ahead of us and is believed.
    /// </summary>
    private async Task<SagaRow> Journaled(SagaRow row, Func<Tx, SagaRow, SagaRow> change)
    {
        var result = row;
        await Persist(row, tx =>
        {
            var known = SagaJournal.Find(tx, row.Id) ?? throw new InvalidOperationException($"saga {row.Id} is not in the journal");
            result = known;
            if (known.Step != (row.IsAhead ? row.Step - 1 : row.Step) || known.Undoing != row.Undoing) return;
            result = change(tx, row) with { IsAhead = false };
            SagaJournal.Save(tx, result, time.GetUtcNow());
        });
        return result;
    }

    // A database that is away for a while must not look like a step that failed.
    private Task Persist(SagaRow row, Action<Tx> body) => PatientWrites.AtLast(
        () => database.Write(body), time, _stopping.Token,
        (failure, pause) => LogNotRecorded(failure, row.Name, row.Id, pause.TotalMilliseconds));

    private async Task Tidy()
    {
        var now = time.GetUtcNow();
        var last = Interlocked.Read(ref _tidied);
        if (now.Ticks - last < TidyEvery.Ticks || Interlocked.CompareExchange(ref _tidied, now.Ticks, last) != last) return;
        try
        {
            await database.Write(tx => SagaJournal.Tidy(tx, now));
        }
        catch (Exception failure) when (PatientWrites.IsOfStore(failure))
        {
            LogNotTidied(failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{saga} {id}: the journal cannot be written, again in {milliseconds} ms")]
    private partial void LogNotRecorded(Exception cause, string saga, string id, double milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the journal could not be tidied; it is tried again later")]
    private partial void LogNotTidied(Exception cause);
}
