using Microsoft.Extensions.Logging;

namespace Cumulet.ControlPlane.Sagas;

/// <summary>What waits in a lane, and who carries it on.</summary>
public sealed partial class SagaRunner
{
    // Not twice: a saga that a room started before Resume is in the journal too.
    private void Enqueue(SagaRow row)
    {
        if (!_waiting.TryAdd(row.Id, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))) return;
        lock (_lanes)
        {
            if (_lanes.TryGetValue(row.Lane, out var known))
            {
                known.Queue.Enqueue(row);
                return;
            }
            var lane = new Lane();
            lane.Queue.Enqueue(row);
            _lanes.Add(row.Lane, lane);
            lane.Drained = Task.Run(() => Drain(row.Lane, lane));
        }
    }

    private async Task Drain(string name, Lane lane)
    {
        while (true)
        {
            SagaRow row;
            CancellationTokenSource running;
            lock (_lanes)
            {
                if (lane.Queue.Count == 0 || _stopping.IsCancellationRequested)
                {
                    _lanes.Remove(name);
                    return;
                }
                row = lane.Queue.Dequeue();
                running = lane.Running = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
                lane.IsDecided = row.Undoing;
            }
            try
            {
                await Carry(row, lane, running);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                // The journal has it; the next start goes on.
            }
            catch (Exception failure)
            {
                LogLost(failure, row.Name, row.Id);
                Answer(row.Id, new SagaFailedException($"{row.Name} cannot be carried on; the daemon's log has the cause", failure));
            }
            finally
            {
                lock (_lanes)
                {
                    lane.Running = null;
                    running.Dispose();
                }
            }
        }
    }

    private void Decide(Lane lane)
    {
        lock (_lanes) lane.IsDecided = true;
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "{saga} {id} was lost by the runner; the next start takes it up")]
    private partial void LogLost(Exception cause, string saga, string id);
}
