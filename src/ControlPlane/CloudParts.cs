using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;
using Microsoft.Extensions.Logging;

namespace Cumulet.ControlPlane;

/// <summary>What every room is built from.</summary>
public sealed record CloudParts(
    CloudOptions Options, Database Database, SagaRunner Sagas, TimeProvider Time, ILoggerFactory Logging);
