using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Sagas;

/// <summary>A saga as the journal has it.</summary>
internal sealed record SagaRow
{
    public required string Id { get; init; }
    public required long Seq { get; init; }
    public required string Name { get; init; }
    public required string Lane { get; init; }
    public required string RequestId { get; init; }
    public required string State { get; init; }
    /// <summary>Forward: the next step to do. Undoing: the next step to undo, counted down to -1.</summary>
    public required int Step { get; init; }
    public required bool Undoing { get; init; }
    public required int Attempts { get; init; }
    public string? Cause { get; init; }
    /// <summary>The journal stands one step behind: the outcome of an effect goes into it with the rows that follow.</summary>
    public bool IsAhead { get; init; }
    /// <summary>Its last rows and its end were one commit.</summary>
    public bool IsEnded { get; init; }
}

/// <summary>The journal's SQL.</summary>
internal static class SagaJournal
{
    public static void Insert(Tx tx, SagaRow row, DateTimeOffset now) => tx.Execute($"""
        INSERT INTO sagas (id, seq, name, lane, request_id, state, step, direction, attempts, cause, outcome, created_at, updated_at)
        VALUES ({row.Id}, (SELECT COALESCE(MAX(seq), 0) + 1 FROM sagas), {row.Name}, {row.Lane}, {row.RequestId}, {row.State},
            {row.Step}, 'forward', 0, NULL, NULL, {now}, {now})
        ON CONFLICT (id) DO NOTHING
        """);

    public static void Save(Tx tx, SagaRow row, DateTimeOffset now) => tx.Execute($"""
        UPDATE sagas SET state = {row.State}, step = {row.Step}, direction = {(row.Undoing ? "undo" : "forward")},
            attempts = {row.Attempts}, cause = {row.Cause}, updated_at = {now}
        WHERE id = {row.Id}
        """);

    public static void Close(Tx tx, SagaRow row, DateTimeOffset now) => tx.Execute($"""
        UPDATE sagas SET outcome = {(row.Undoing ? "undone" : "done")}, cause = {row.Cause}, updated_at = {now} WHERE id = {row.Id}
        """);

    /// <summary>
    /// Forgets what ended an hour ago, unless an older saga still runs: a parent that goes on after a restart asks for its
    /// children by id.
    /// </summary>
    public static void Tidy(Tx tx, DateTimeOffset now) => tx.Execute($"""
        DELETE FROM sagas WHERE outcome IS NOT NULL AND updated_at < {now.AddHours(-1)}
            AND updated_at < (SELECT COALESCE(MIN(created_at), {now}) FROM sagas WHERE outcome IS NULL)
        """);

    /// <summary>Whether something of this lane is unfinished.</summary>
    public static bool IsBusy(Tx tx, string lane) => tx.Exists($"SELECT 1 FROM sagas WHERE outcome IS NULL AND lane = {lane}");

    public static SagaRow? Find(Tx tx, string id) => tx.Find($"""
        SELECT id, seq, name, lane, request_id, state, step, direction, attempts, cause FROM sagas WHERE id = {id}
        """, Read);

    public static List<SagaRow> Unfinished(Tx tx) => tx.Query($"""
        SELECT id, seq, name, lane, request_id, state, step, direction, attempts, cause
        FROM sagas WHERE outcome IS NULL ORDER BY seq
        """, Read);

    /// <summary>Null while it runs or was never there; else done or undone.</summary>
    public static (string? Outcome, string? Cause) Outcome(Tx tx, string id) =>
        tx.Find($"SELECT outcome, cause FROM sagas WHERE id = {id}", row => (row.TextOrNull(), row.TextOrNull()));

    private static SagaRow Read(Row row) => new()
    {
        Id = row.Text(),
        Seq = row.Long(),
        Name = row.Text(),
        Lane = row.Text(),
        RequestId = row.Text(),
        State = row.Text(),
        Step = row.Int(),
        Undoing = row.Text() == "undo",
        Attempts = row.Int(),
        Cause = row.TextOrNull(),
    };
}
