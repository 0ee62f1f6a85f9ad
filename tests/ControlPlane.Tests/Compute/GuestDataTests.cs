using System.Text;
using System.Text.Json;
using Cumulet.ControlPlane.Compute.Metadata;
using Cumulet.ControlPlane.Compute.Servers;
using Cumulet.ControlPlane.Networking.Servers;
using Cumulet.ControlPlane.Networking.Subnets;

namespace Cumulet.ControlPlane.Tests.Compute;

/// <summary>What guests are told about themselves, over the config drive and 169.254.169.254 alike.</summary>
public sealed class GuestDataTests
{
    private static readonly ServerSubnet Subnet = new("subnet", "10.0.0.0/24", 4, "10.0.0.1", false, null, ["9.9.9.9"], [new HostRoute("10.9.0.0/16", "10.0.0.9")], null);

    private static GuestData Data(bool dhcp = false) => new(
        new ServerRecord
        {
            Id = "0e44cc9c-e052-415d-afbf-469b0d384170",
            Number = 42,
            ProjectId = "p",
            UserId = "u",
            Name = "web 1",
            HostName = "web-1",
            Flavor = new ServerFlavor { Id = "1", Name = "m1.tiny", Vcpus = 1, RamMib = 512, DiskGib = 1 },
            VmState = VmState.Active,
            ReservationId = "r-1",
            UserData = Convert.ToBase64String("#!/bin/sh"u8),
            KeyName = "mine",
            KeyData = "ssh-ed25519 AAAA",
            Personality = [new PersonalityFile("/etc/motd", "hello"u8.ToArray())],
            CreatedAt = default,
            UpdatedAt = default,
        },
        new Dictionary<string, string> { ["role"] = "web" },
        [new ServerPort
        {
            Id = "ce531f90-199f-48c0-816c-13e38010b442",
            ServerId = "s",
            ProjectId = "p",
            NetworkId = "net",
            NetworkName = "private",
            Mac = "fa:16:3e:00:00:01",
            FixedIps = [new ServerAddress("10.0.0.5", 4, Subnet with { Dhcp = dhcp })],
            FloatingIps = [],
            SecurityGroups = [new ServerSecurityGroup("g", "default")],
            PortSecurityEnabled = true,
            Mtu = 1442,
            Status = "ACTIVE",
            MadeForServer = true,
            VnicType = "normal",
            Host = "h",
        }], []);

    private static JsonElement Json(MetadataAnswer answer) => JsonDocument.Parse(answer.Body).RootElement;

    private static string Text(string path) => Encoding.UTF8.GetString(MetadataTree.Find(Data(), path).Body);

    [Fact]
    public void Meta_data_names_the_server_its_key_and_its_files()
    {
        var meta = Json(MetadataTree.Find(Data(), "/openstack/latest/meta_data.json"));
        Assert.Equal("0e44cc9c-e052-415d-afbf-469b0d384170", meta.GetProperty("uuid").GetString());
        Assert.Equal("web-1.novalocal", meta.GetProperty("hostname").GetString());
        Assert.Equal("ssh-ed25519 AAAA", meta.GetProperty("public_keys").GetProperty("mine").GetString());
        Assert.Equal("web", meta.GetProperty("meta").GetProperty("role").GetString());
        Assert.Equal("/content/0000", meta.GetProperty("files")[0].GetProperty("content_path").GetString());
        Assert.Equal("hello", Text("/openstack/content/0000"));
    }

    [Fact]
    public void Network_data_without_dhcp_gives_address_mask_and_routes()
    {
        var network = Json(MetadataTree.Find(Data(), "/openstack/latest/network_data.json")).GetProperty("networks")[0];
        Assert.Equal("ipv4", network.GetProperty("type").GetString());
        Assert.Equal("255.255.255.0", network.GetProperty("netmask").GetString());
        Assert.Equal("10.0.0.1", network.GetProperty("routes")[0].GetProperty("gateway").GetString());
        Assert.Equal("255.255.0.0", network.GetProperty("routes")[1].GetProperty("netmask").GetString());
        var dhcp = Json(MetadataTree.Find(Data(dhcp: true), "/openstack/latest/network_data.json")).GetProperty("networks")[0];
        Assert.Equal("ipv4_dhcp", dhcp.GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("/latest/meta-data/instance-id", "i-0000002a")]
    [InlineData("/2009-04-04/meta-data/local-ipv4", "10.0.0.5")]
    [InlineData("/latest/meta-data/public-keys", "0=mine")]
    [InlineData("/latest/meta-data/public-keys/0/openssh-key", "ssh-ed25519 AAAA")]
    [InlineData("/latest/meta-data/placement", "availability-zone")]
    [InlineData("/latest/user-data", "#!/bin/sh")]
    [InlineData("/openstack/2018-08-27/user_data", "#!/bin/sh")]
    public void Ec2_and_openstack_paths_answer_as_nova_does(string path, string text) => Assert.Equal(text, Text(path));

    [Theory]
    [InlineData("/latest/meta-data/nothing")]
    [InlineData("/openstack/1999-01-01/meta_data.json")]
    [InlineData("/../etc/passwd")]
    public void Unknown_paths_are_not_found(string path) => Assert.Equal(404, MetadataTree.Find(Data(), path).Status);

    [Fact]
    public void Config_drive_has_the_same_content_in_every_version()
    {
        var files = Data().Files().ToDictionary(f => f.Path);
        Assert.Equal("#!/bin/sh", Encoding.UTF8.GetString(files["openstack/latest/user_data"].Content.Span));
        Assert.Contains("openstack/2013-04-04/meta_data.json", files.Keys);
        Assert.Contains("ec2/latest/meta-data.json", files.Keys);
        Assert.Equal("hello", Encoding.UTF8.GetString(files["openstack/content/0000"].Content.Span));
    }

    [Theory]
    [InlineData("POST /openstack/2013-10-17/password HTTP/1.1\r\nHost: x\r\ncontent-length: 4\r\n\r\nabcd", "POST", true, "abcd")]
    [InlineData("POST /openstack/latest/password?x HTTP/1.1\r\n\r\n", "POST", true, "")]
    [InlineData("POST /openstack/latest/meta_data.json HTTP/1.1\r\n\r\n", "POST", false, "")]
    [InlineData("GET /password HTTP/1.1\r\n\r\n", "GET", false, "")]
    [InlineData("nonsense", "", false, "")]
    public void Guests_request_is_taken_apart(string received, string method, bool password, string body)
    {
        var asked = MetadataRequest.Parse(Encoding.ASCII.GetBytes(received));
        Assert.Equal((method, password, body), (asked.Method, MetadataTree.IsPassword(asked.Path), Encoding.ASCII.GetString(asked.Body)));
    }
}
