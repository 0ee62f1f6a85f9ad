namespace Cumulet.Cli.Tests;

/// <summary>What of a project goes, in which order, and what stays.</summary>
public sealed class CleanupTests : IDisposable
{
    private const string Volume = "/volume/v3/b3c4a1d2e5f60718293a4b5c6d7e8f90";
    private const string Gone = """{"itemNotFound": {"message": "gone", "code": 404}}""";

    private readonly ScriptedCloud _cloud = new();

    public CleanupTests()
    {
        // What is deleted is asked for once more: then it is there still, or gone.
        foreach (var server in new[] { "501", "502" })
            _cloud.Scripted[$"GET /compute/v2.1/servers/90909090-0000-4000-8000-000000000{server}"] = new([(404, Gone)]);
        _cloud.Scripted[$"GET {Volume}/snapshots/70707070-0000-4000-8000-000000000301"] =
            new([(200, """{"snapshot": {"id": "70707070-0000-4000-8000-000000000301", "status": "deleting"}}"""), (404, Gone)]);
        _cloud.Scripted[$"GET {Volume}/backups/70707070-0000-4000-8000-000000000901"] = new([(404, Gone)]);
        foreach (var volume in new[] { "201", "202", "203" })
            _cloud.Scripted[$"GET {Volume}/volumes/70707070-0000-4000-8000-000000000{volume}"] = new([(404, Gone)]);
        foreach (var image in new[] { "a1", "a2" })
            _cloud.Scripted[$"GET /image/v2/images/1a2b3c4d-0000-4000-8000-0000000000{image}"] = new([(404, Gone)]);
    }

    public void Dispose() => _cloud.Dispose();

    /// <summary>The kinds of what was deleted, in order.</summary>
    private string[] Kinds() => [.. _cloud.TakeChanges().Select(change => change.Split(' ')[1].Split('/')[^2]).Aggregate(new List<string>(),
        (kinds, kind) => kinds.Count > 0 && kinds[^1] == kind ? kinds : [.. kinds, kind])];

    [Fact]
    public async Task Run_cleanup_deletes_in_the_order_in_which_things_stand_on_each_other()
    {
        var ran = await Session.RunAndType(_cloud, "perhaps\ny\n", "project", "cleanup", "--auth-project");
        Assert.Equal(0, ran.Status);
        string[] kinds = Kinds();
        Assert.Equal(["servers", "backups", "snapshots", "volumes", "floatingips", "security-groups"], kinds[..6]);
        Assert.Contains("| Server        | 90909090-0000-4000-8000-000000000501 | web", ran.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("n\n", 0)]
    [InlineData("", 1)]
    public async Task Run_cleanup_deletes_nothing_unless_somebody_says_yes(string typed, int status)
    {
        var ran = await Session.RunAndType(_cloud, typed, "project", "cleanup", "--auth-project");
        Assert.Equal(status, ran.Status);
        Assert.Empty(_cloud.TakeChanges());
    }

    [Fact]
    public async Task Run_cleanup_keeps_what_is_younger_than_the_time_that_is_given()
    {
        var ran = await Session.Run(_cloud, "project", "cleanup", "--auth-project", "--dry-run", "--created-before", "2020-01-01T00:00:00");
        Assert.DoesNotContain("| Server ", ran.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("| Volume ", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_purge_deletes_what_the_project_has_and_then_the_project()
    {
        var ran = await Session.Run(_cloud, "project", "purge", "--project", "demo");
        Assert.Equal(0, ran.Status);
        var changes = _cloud.TakeChanges();
        Assert.StartsWith("DELETE /compute/v2.1/servers/", changes[0], StringComparison.Ordinal);
        Assert.Contains($"POST {Volume}/volumes/70707070-0000-4000-8000-000000000202/action {{\"os-force_delete\":null}}", changes);
        Assert.Equal("DELETE /identity/v3/projects/b3c4a1d2e5f60718293a4b5c6d7e8f90", changes[^1]);
    }

    [Fact]
    public async Task Run_purge_can_keep_the_project_and_only_say_what_would_go()
    {
        var ran = await Session.Run(_cloud, "project", "purge", "--auth-project", "--dry-run");
        Assert.Contains("Deleting server : 90909090-0000-4000-8000-000000000501\n", ran.Error, StringComparison.Ordinal);
        Assert.Empty(_cloud.TakeChanges());
        await Session.Run(_cloud, "project", "purge", "--auth-project", "--keep-project");
        Assert.DoesNotContain(_cloud.TakeChanges(), change => change.StartsWith("DELETE /identity", StringComparison.Ordinal));
    }
}
