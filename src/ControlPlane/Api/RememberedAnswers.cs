using System.Collections.Concurrent;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Api;

/// <summary>
/// Answers of routes that say <see cref="Route.FromRows"/>, given again to the same caller for the same URL while no table
/// that they were read from has changed (<see cref="TableClock"/> says so, and says why that is right). Clients that wait
/// ask for the same list again and again. Tokens are checked before, every time.
/// </summary>
internal sealed class RememberedAnswers(TableClock? clock)
{
    private const int MaxBytes = 16 << 20;
    private const int MaxAnswer = MaxBytes / 4;

    // A caller is a record: all that is known of who asks counts.
    private sealed record Question(Caller Caller, Microversion Version, string Scheme, string Host, string Path, string Query);

    private sealed record Answer(TableClock.Reading Reading, AnswerText Text);

    private readonly ConcurrentDictionary<Question, Answer> _answers = new();
    private readonly Lock _keeping = new();
    private long _bytes;

    public async Task<Reply> Ask(ApiRequest request)
    {
        if (clock is null) return await request.Route.Handler(request);
        var http = request.Http.Request;
        var question = new Question(request.Caller, request.Version, http.Scheme, http.Host.Value ?? "", http.Path.Value ?? "", http.QueryString.Value ?? "");
        if (_answers.TryGetValue(question, out var known) && known.Reading.IsCurrent())
        {
            request.PolicyWasAskedBefore();
            return Reply.Written(known.Text);
        }
        using var watch = clock.Begin();
        var reply = await request.Route.Handler(request);
        if (reply.Status != 200 || reply.JsonBody is not { } write || reply.Headers.Count > 0 || !request.PolicyAsked) return reply;
        var text = AnswerText.Of(write);
        if (text.Length <= MaxAnswer) Keep(question, new Answer(watch.Reading(), text));
        return Reply.Written(text);
    }

    private void Keep(Question question, Answer answer)
    {
        lock (_keeping)
        {
            if (_answers.TryRemove(question, out var old)) _bytes -= old.Text.Length;
            if (_bytes + answer.Text.Length > MaxBytes)
            {
                _answers.Clear();
                _bytes = 0;
            }
            _answers[question] = answer;
            _bytes += answer.Text.Length;
        }
    }
}
