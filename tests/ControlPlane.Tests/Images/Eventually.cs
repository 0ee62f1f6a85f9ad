namespace Cumulet.ControlPlane.Tests.Images;

/// <summary>For what the cloud does after it has answered: waits for a condition, with an end.</summary>
internal static class Eventually
{
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(60);

    public static Task Holds(Func<bool> condition) => Holds(() => Task.FromResult(condition()));

    public static async Task Holds(Func<Task<bool>> condition)
    {
        var until = DateTime.UtcNow + AtMost;
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < until, "it did not come about");
            await Task.Delay(10);
        }
    }
}
