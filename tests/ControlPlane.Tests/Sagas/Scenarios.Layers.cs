namespace Cumulet.ControlPlane.Tests.Foundation;

/// <summary>Sagas of the layer store, which nobody asks for by name.</summary>
internal static partial class Scenarios
{
    /// <summary>Sagas that the cloud starts one after the other.</summary>
    public static readonly IReadOnlySet<string> OneByOne = new HashSet<string> { "merge-layer" };

    // The first of two snapshots goes: what only it kept is taken in by the second.
    private static async Task<Attempt> MergeLayer(KillableCloud cloud, string name)
    {
        var id = await NewVolume(cloud, name, await EncryptedType(cloud));
        var first = await NewSnapshot(cloud, id, name);
        await NewSnapshot(cloud, id, name);
        return new Attempt(
            () => cloud.Send("DELETE", $"{Snapshots}/{first}"),
            async () =>
            {
                // It begins in the background, and again a while after one that failed.
                for (var i = 0; await cloud.ChainOf(id) != 2; i++)
                {
                    Require(i < 200, $"{name}'s chain has {await cloud.ChainOf(id)} layers");
                    await Task.Delay(50);
                }
            },
            () => RemoveVolumes(cloud, name));
    }
}
