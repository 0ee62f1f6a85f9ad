using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;

namespace Cumulet.Cli.Compute.Aggregates;

sealed class AggregateDelete(Syntax syntax) : DeleteCommand(syntax, Resources.Aggregate, "aggregate");
