namespace Cumulet.Cloud.Tests;

/// <summary>The stock python client does the same flows, and does not notice the difference.</summary>
public sealed class StockClientTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    [Fact]
    public async Task Stock_client_makes_and_removes_both_kinds_of_servers()
    {
        var image = await cloud.ImageId();
        foreach (var list in (string[])["image list", "flavor list", "network list", "volume list", "security group list", "keypair list"])
            (await cloud.Stock(list)).Succeeded();
        (await cloud.Stock($"server create --image {image} --flavor m1.tiny --network private --wait stock-image")).Succeeded();
        (await cloud.Stock($"server create --image {image} --boot-from-volume 1 --flavor m1.tiny --network private --wait stock-volume")).Succeeded();
        var servers = (await cloud.Stock("server list -f value -c Name -c Status -c Image")).Succeeded();
        Assert.Contains("stock-image ACTIVE cumulet-linux", servers);
        Assert.Contains("stock-volume ACTIVE N/A (booted from volume)", servers);
        (await cloud.Stock("server delete --wait stock-image stock-volume")).Succeeded();
        await cloud.RequireCleanAudit();
    }
}
