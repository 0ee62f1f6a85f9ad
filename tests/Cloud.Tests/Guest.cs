namespace Cumulet.Cloud.Tests;

/// <summary>A booted server with a floating address, spoken to over ssh.</summary>
public sealed class Guest(RealCloud cloud, string serverId, string address, string user = "cirros", TimeSpan? answers = null)
{
    public string ServerId => serverId;
    public string Address => address;

    /// <summary>Gives the server a floating address and waits until its ssh answers.</summary>
    public static async Task<Guest> Reach(RealCloud cloud, string serverId, string user = "cirros", TimeSpan? patience = null)
    {
        var address = await cloud.Value("floating ip create public", "floating_ip_address");
        (await cloud.Openstack($"server add floating ip {serverId} {address}")).Succeeded();
        var guest = new Guest(cloud, serverId, address, user, patience);
        await guest.WaitForSsh(patience);
        return guest;
    }

    /// <summary>ssh itself retries: TCG boots a guest in 5 to 20 s on a busy machine.</summary>
    public async Task WaitForSsh(TimeSpan? patience = null)
    {
        var limit = patience ?? TimeSpan.FromSeconds(150);
        var until = DateTime.UtcNow + limit;
        while (true)
        {
            var answer = await Ssh("true");
            if (answer.ExitCode == 0) return;
            if (DateTime.UtcNow > until)
                Assert.Fail($"no ssh to {address} within {limit.TotalSeconds:0} s: {answer.Error}\n{(await cloud.Openstack($"console log show {serverId}")).Out}");
            await Task.Delay(500, TestContext.Current.CancellationToken);
        }
    }

    public Task<Answer> Ssh(string command) => Command.Run("ssh",
        ["-q", "-i", cloud.KeyFile, "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", "StrictHostKeyChecking=no",
            "-o", "UserKnownHostsFile=/dev/null", $"{user}@{address}", command], cloud.Environments, patience: answers ?? TimeSpan.FromSeconds(60));

    public async Task<string> Run(string command) => (await Ssh(command)).Succeeded().Trim();

    /// <summary>Deletes server and floating address, and waits until the server is gone.</summary>
    public async Task Delete()
    {
        (await cloud.Openstack($"server delete --wait {serverId}")).Succeeded();
        (await cloud.Openstack($"floating ip delete {address}")).Succeeded();
    }
}
