using Cumulet.Cli.Compute.Servers;

namespace Cumulet.Cli.Tests;

public sealed class BlockDevicesTests
{
    private static string Parse(string text) => BlockDevices.Parse(text, _ => null).ToJsonString();

    [Theory]
    [InlineData("source=image,id=I,dest=volume,size=20,shutdown=remove,bootindex=0",
        """{"source_type":"image","uuid":"I","destination_type":"volume","volume_size":20,"delete_on_termination":true,"boot_index":0}""")]
    [InlineData("source=image,id=I,bootindex=0",
        """{"source_type":"image","uuid":"I","boot_index":0,"destination_type":"local","delete_on_termination":true}""")]
    [InlineData("source=volume,id=V,shutdown=preserve",
        """{"source_type":"volume","uuid":"V","delete_on_termination":false,"destination_type":"volume"}""")]
    [InlineData("source=blank,size=5,format=swap", """{"source_type":"blank","volume_size":5,"guest_format":"swap","destination_type":"local","delete_on_termination":true}""")]
    [InlineData("id=S,source=snapshot,bus=virtio,type=disk,device=vdb",
        """{"uuid":"S","source_type":"snapshot","disk_bus":"virtio","device_type":"disk","device_name":"vdb","destination_type":"volume"}""")]
    public void Parse_nova_grammar_has_the_nova_clients_defaults(string text, string expected) => Assert.Equal(expected, Parse(text));

    [Theory]
    [InlineData("uuid=I,source_type=image,boot_index=0", """{"uuid":"I","source_type":"image","boot_index":0,"destination_type":"volume"}""")]
    [InlineData("uuid=I,source_type=image,destination_type=local", """{"uuid":"I","source_type":"image","destination_type":"local","delete_on_termination":true}""")]
    [InlineData("volume_size=3", """{"volume_size":3,"source_type":"blank","destination_type":"local","delete_on_termination":true}""")]
    [InlineData("uuid=V,source_type=volume,delete_on_termination=yes,tag=t,volume_type=fast",
        """{"uuid":"V","source_type":"volume","delete_on_termination":true,"tag":"t","volume_type":"fast","destination_type":"volume"}""")]
    public void Parse_openstack_grammar_has_the_openstack_clients_defaults(string text, string expected) => Assert.Equal(expected, Parse(text));

    [Theory]
    [InlineData("source=image,id=I,colour=red", "Invalid keys colour specified")]
    [InlineData("source=image,uuid=I", "source and uuid belong to different grammars")]
    [InlineData("source=image,id=I,shutdown=maybe", "shutdown key of --block-device should be one of: preserve, remove, not 'maybe'")]
    [InlineData("source=disk", "source key of --block-device should be one of: volume, image, snapshot, blank, not 'disk'")]
    [InlineData("uuid=V,source_type=volume,destination_type=remote", "destination_type key of --block-device should be one of: local, volume")]
    [InlineData("uuid=V,source_type=volume,boot_index=first", "boot_index key of --block-device should be an integer, not 'first'")]
    [InlineData("source=image,id=I,size=big", "size key of --block-device should be an integer, not 'big'")]
    [InlineData("source", "'source' in 'source' is not of the form key=value")]
    [InlineData("source=image,source=volume", "key source is given twice")]
    public void Parse_wrong_input_is_refused_with_a_text_that_names_it(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<CommandError>(() => Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_unknown_key_names_the_valid_keys_of_both_grammars()
    {
        var message = Assert.Throws<CommandError>(() => Parse("colour=red")).Message;
        Assert.Contains("destination_type", message, StringComparison.Ordinal);
        Assert.Contains("bootindex", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_file_is_read_as_json_of_the_openstack_grammar() =>
        Assert.Equal("""{"uuid":"I","source_type":"image","volume_size":9,"destination_type":"volume"}""", BlockDevices.Parse("disk.json",
            path => path == "disk.json" ? """{"uuid":"I","source_type":"image","volume_size":9}""" : null).ToJsonString());

    [Theory]
    [InlineData("vdb=V", """{"device_name":"vdb","uuid":"V","source_type":"volume","destination_type":"volume"}""")]
    [InlineData("vdb=V:snapshot:10:true",
        """{"device_name":"vdb","uuid":"V","source_type":"snapshot","destination_type":"volume","volume_size":10,"delete_on_termination":true}""")]
    [InlineData("vdb=V:::false", """{"device_name":"vdb","uuid":"V","source_type":"volume","destination_type":"volume","delete_on_termination":false}""")]
    public void ParseMapping_forms_become_a_device(string text, string expected) =>
        Assert.Equal(expected, BlockDevices.ParseMapping(text).ToJsonString());

    [Theory]
    [InlineData("vdb")]
    [InlineData("=V")]
    [InlineData("vdb=V:disk")]
    [InlineData("vdb=V:volume:1:true:more")]
    public void ParseMapping_wrong_input_is_refused(string text) =>
        Assert.Contains(text, Assert.Throws<CommandError>(() => BlockDevices.ParseMapping(text)).Message, StringComparison.Ordinal);
}
