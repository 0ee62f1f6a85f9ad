using Cumulet.Cli.Commands;

namespace Cumulet.Cli.Compute.Aggregates;

sealed class AggregateAddHost(Syntax syntax) : AggregateHost(syntax, isAdd: true);
