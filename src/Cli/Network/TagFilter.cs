using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Network;

/// <summary>The four options by which lists of the Network service are narrowed to tags.</summary>
sealed class TagFilter(Syntax syntax, string things)
{
    private readonly Option<string?> _all = syntax.Value("--tags", "<tag>[,<tag>,...]", $"List {things} which have all given tags");
    private readonly Option<string?> _any = syntax.Value("--any-tags", "<tag>[,<tag>,...]", $"List {things} which have any given tag");
    private readonly Option<string?> _notAll = syntax.Value("--not-tags", "<tag>[,<tag>,...]", $"Exclude {things} which have all given tags");
    private readonly Option<string?> _notAny = syntax.Value("--not-any-tags", "<tag>[,<tag>,...]", $"Exclude {things} which have any given tag");

    public Query AddTo(Query query, Call call) => query.With("tags", call[_all]).With("tags-any", call[_any])
        .With("not-tags", call[_notAll]).With("not-tags-any", call[_notAny]);
}
