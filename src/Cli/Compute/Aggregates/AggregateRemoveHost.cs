using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Aggregates;

sealed class AggregateRemoveHost(Syntax syntax) : AggregateHost(syntax, isAdd: false);
