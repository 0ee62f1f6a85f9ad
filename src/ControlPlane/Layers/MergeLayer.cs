using System.Text.Json.Serialization;
using Cumulet.ControlPlane.Sagas;
using Cumulet.ControlPlane.Store;

namespace Cumulet.ControlPlane.Layers;

/// <param name="Layer">The layer that takes in what lies below it.</param>
/// <param name="Below">What it stands on afterwards; null on nothing.</param>
public sealed record MergeLayerState(Guid Layer, Guid? Below);

[JsonSerializable(typeof(MergeLayerState))]
internal sealed partial class MergeLayerJson : JsonSerializerContext;

/// <summary>
/// Takes layers out of a chain: what they hold is copied into the layer above, which then stands on what was below them.
///
///     head ─▶ S2 ─▶ S1 (nobody's) ─▶ base          head ─▶ S2 (with what S1 held) ─▶ base
///
/// What is read through the chain is the same at every moment, so there is nothing to undo, and a merge that is broken off
/// or killed leaves a chain that is whole. Nobody waits for it.
/// </summary>
internal sealed class MergeLayer(LayersRoom layers) : Saga<MergeLayerState>("merge-layer", MergeLayerJson.Default.MergeLayerState)
{
    protected override void Define(StepList<MergeLayerState> steps) => steps
        .Do("copy data", (state, cancel) => layers.TakeIn(state.Layer, state.Below, cancel))
        .Commit("stand on the rest", (tx, state) => layers.StandOn(tx, state.Layer, state.Below));

    public string Begin(Tx tx, SagaRunner sagas, MergeLayerState state) =>
        sagas.Start(tx, this, state, $"layer:{state.Layer}", $"req-{Guid.NewGuid()}");
}
