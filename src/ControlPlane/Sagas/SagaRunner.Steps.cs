using Cumulet.ControlPlane.Store;
using Microsoft.Extensions.Logging;

namespace Cumulet.ControlPlane.Sagas;

/// <summary>One saga from where its journal stands to its end: forward, or back where a step failed.</summary>
public sealed partial class SagaRunner
{
    private async Task Carry(SagaRow row, Lane lane, CancellationTokenSource running)
    {
        if (!_registry.TryGetValue(row.Name, out var saga))
            throw new InvalidOperationException($"the journal names a saga '{row.Name}' that this program does not have");
        Exception? cause = null;
        while (!row.Undoing && row.Step < saga.StepCount)
        {
            if (!saga.Returns(row.Step)) Decide(lane);
            try
            {
                row = await Forward(saga, row, saga.Returns(row.Step) ? running.Token : _stopping.Token);
            }
            catch (Exception failure) when (!_stopping.IsCancellationRequested)
            {
                if (!saga.Returns(row.Step) || failure is StoreUnavailableException)
                {
                    row = await Backoff(saga, row, failure);
                    continue;
                }
                cause = running.IsCancellationRequested ? new SagaInterruptedException() : failure;
                if (cause is NotNowException) LogNotNow(saga.Name, saga.StepName(row.Step), row.Id, cause.Message);
                else LogFailed(cause, saga.Name, saga.StepName(row.Step), row.Id, row.RequestId);
                // A commit that failed has left nothing behind; an effect that failed may have left half of itself.
                var last = saga.IsCommit(row.Step) ? row.Step - 1 : row.Step;
                row = await Save(row with { Undoing = true, Step = last, Attempts = 0, Cause = cause.Message });
            }
        }
        Decide(lane);
        while (row.Undoing && row.Step >= 0) row = await Backward(saga, row);
        await End(saga, row, cause);
    }

    private async Task<SagaRow> Forward(Saga saga, SagaRow row, CancellationToken cancel)
    {
        var step = saga.StepName(row.Step);
        FaultPoint.Hit(saga.Name, row.Id, step, FaultMoment.Before);
        cancel.ThrowIfCancellationRequested();
        if (saga.IsCommit(row.Step))
        {
            var next = await Journaled(row, (tx, at) => Rows(saga, tx, at));
            FaultPoint.Hit(saga.Name, row.Id, step, FaultMoment.Recorded);
            return next;
        }
        var after = await saga.Run(row.Step, row.State, cancel) ?? row.State;
        if (FaultPoint.Twice(saga.Name, row.Id, step, FaultMoment.After)) after = await saga.Run(row.Step, row.State, cancel) ?? row.State;
        FaultPoint.Hit(saga.Name, row.Id, step, FaultMoment.After);
        var done = row with { State = after, Step = row.Step + 1, Attempts = 0, IsAhead = true };
        // What follows is a commit, which takes this outcome along; the effect runs again should there be none.
        if (done.Step == saga.StepCount || saga.IsCommit(done.Step)) return done;
        done = await Save(done);
        FaultPoint.Hit(saga.Name, row.Id, step, FaultMoment.Recorded);
        return done;
    }

    // The last rows and the saga's end are one commit.
    private SagaRow Rows(Saga saga, Tx tx, SagaRow row)
    {
        var state = saga.RunCommit(row.Step, tx, row.State);
        FaultPoint.Hit(saga.Name, row.Id, saga.StepName(row.Step), FaultMoment.After);
        var next = row with { State = state, Step = row.Step + 1, Attempts = 0, IsEnded = row.Step + 1 == saga.StepCount };
        if (next.IsEnded) Close(saga, tx, next, null);
        return next;
    }

    private void Close(Saga saga, Tx tx, SagaRow row, Exception? reason)
    {
        saga.End(tx, row.State, reason);
        SagaJournal.Close(tx, row, time.GetUtcNow());
    }

    private async Task<SagaRow> Backward(Saga saga, SagaRow row)
    {
        var step = saga.StepName(row.Step);
        try
        {
            FaultPoint.Hit(saga.Name, row.Id, step, FaultMoment.UndoBefore);
            if (!saga.IsCommit(row.Step))
            {
                await saga.Undo(row.Step, row.State, _stopping.Token);
                if (FaultPoint.Twice(saga.Name, row.Id, step, FaultMoment.UndoAfter)) await saga.Undo(row.Step, row.State, _stopping.Token);
            }
            FaultPoint.Hit(saga.Name, row.Id, step, FaultMoment.UndoAfter);
            return await Journaled(row, (tx, at) =>
            {
                if (saga.IsCommit(at.Step)) saga.UndoCommit(at.Step, tx, at.State);
                return at with { Step = at.Step - 1, Attempts = 0 };
            });
        }
        catch (Exception failure) when (!_stopping.IsCancellationRequested)
        {
            if (row.Attempts + 1 < MaxUndoAttempts) return await Backoff(saga, row, failure);
            // What cannot be taken back is left to the reconcilers and shown by the audit; the rest is still undone.
            LogUndoGivenUp(failure, saga.Name, step, row.Id);
            // In the journal too: it is believed where it and the runner differ, and would begin again here for ever.
            return await Save(row with { Step = row.Step - 1, Attempts = 0 });
        }
    }

    private async Task<SagaRow> Backoff(Saga saga, SagaRow row, Exception failure)
    {
        var wait = Wait(row.Attempts);
        LogRetry(failure, saga.Name, saga.StepName(row.Step), row.Id, wait.TotalMilliseconds);
        var next = await Save(row with { Attempts = row.Attempts + 1 });
        await Task.Delay(wait, time, _stopping.Token);
        return next;
    }

    private static TimeSpan Wait(int attempts) =>
        TimeSpan.FromMilliseconds(Math.Min(100 * Math.Pow(2, attempts), MaxBackoff.TotalMilliseconds));

    private async Task End(Saga saga, SagaRow row, Exception? cause)
    {
        var reason = row.Undoing ? cause ?? new SagaFailedException(row.Cause ?? "taken back") : null;
        if (!row.IsEnded)
            await Persist(row, tx =>
            {
                if (SagaJournal.Outcome(tx, row.Id).Outcome is null) Close(saga, tx, row, reason);
            });
        Answer(row.Id, reason is null ? null : new SagaFailedException(reason.Message, reason));
        await Tidy();
    }

    private void Answer(string id, SagaFailedException? failure)
    {
        if (!_waiting.TryRemove(id, out var waiting)) return;
        if (failure is null) waiting.TrySetResult();
        else if (waiting.TrySetException(failure)) _ = waiting.Task.Exception;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{saga}: step '{step}' failed, taking it back (saga {id}, {requestId})")]
    private partial void LogFailed(Exception cause, string saga, string step, string id, string requestId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{saga}: step '{step}' of {id} is not done now: {why}")]
    private partial void LogNotNow(string saga, string step, string id, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{saga}: step '{step}' of {id} failed, again in {milliseconds} ms")]
    private partial void LogRetry(Exception cause, string saga, string step, string id, double milliseconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "{saga}: the undo of '{step}' of {id} does not work")]
    private partial void LogUndoGivenUp(Exception cause, string saga, string step, string id);
}
