using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Servers;

sealed class ServerRebuild(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _server = syntax.Argument("<server>", "Server (name or ID)");
    private readonly Option<string?> _image = syntax.Value("--image", "<image>", "Image to build it from (name or ID); the one it has by default");
    private readonly Option<string?> _name = syntax.Value("--name", "<name>", "New name");
    private readonly Option<string?> _password = syntax.Value("--password", "<password>", "New administrator's password");
    private readonly Option<string[]> _properties = syntax.Values("--property", "<key=value>", "Set a property (repeatable)");
    private readonly Option<string?> _description = syntax.Value("--description", "<description>", "New description (needs 2.19)");
    private readonly Option<bool> _preserve = syntax.FlagIn("ephemeral", "--preserve-ephemeral", "Keep the ephemeral disks");
    private readonly Option<bool> _noPreserve = syntax.FlagIn("ephemeral", "--no-preserve-ephemeral", "Do not keep the ephemeral disks");
    private readonly Option<string?> _key = syntax.ValueIn("key", "--key-name", "<key-name>", "New keypair (needs 2.54)");
    private readonly Option<bool> _noKey = syntax.FlagIn("key", "--no-key-name,--key-unset", "No keypair (needs 2.54)");
    private readonly Option<string?> _data = syntax.ValueIn("data", "--user-data", "<user-data>", "File of new user data (needs 2.57)");
    private readonly Option<bool> _noData = syntax.FlagIn("data", "--no-user-data", "No user data (needs 2.57)");
    private readonly Option<string[]> _certificates = syntax.ValuesIn("certs", "--trusted-image-cert", "<trusted-cert-id>", "Certificate to check the image with (repeatable) (needs 2.63)");
    private readonly Option<bool> _noCertificates = syntax.FlagIn("certs", "--no-trusted-image-certs", "No certificates (needs 2.63)");
    private readonly Option<string?> _hostname = syntax.Value("--hostname", "<hostname>", "Hostname inside the guest (needs 2.90)");
    private readonly Option<bool> _wait = syntax.Flag("--wait", "Wait until it is built");

    public override string Description => "Rebuild server";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        NeedVersions(call);
        var compute = call.Cloud.Compute;
        var server = await call.Cloud.Find(Resources.Server, call[_server], cancellation);
        var image = await call.Cloud.FindIdOrNull(Resources.Image, call[_image], cancellation) ?? server["image"].Text("id")
            ?? throw new CommandError($"Server {call[_server]} has no image of its own: name one with --image");
        var body = new JsonObject { ["imageRef"] = image };
        body.With("adminPass", call[_password]).With("name", call[_name]).With("description", call[_description])
            .With("preserve_ephemeral", call.Either(_preserve, _noPreserve)).With("key_name", call[_key]).With("hostname", call[_hostname]);
        if (call.Has(_properties)) body["metadata"] = call.Pairs(_properties);
        if (call[_noKey]) body["key_name"] = null;
        if (call[_data] is { } file) body["user_data"] = Convert.ToBase64String(File.ReadAllBytes(Path.Combine(call.Terminal.Folder, file)));
        if (call[_noData]) body["user_data"] = null;
        if (call.Has(_certificates)) body["trusted_image_certificates"] = JsonReading.Array(call[_certificates]);
        if (call[_noCertificates]) body["trusted_image_certificates"] = null;
        var answer = await compute.Post($"/servers/{server.Id()}/action", new JsonObject { ["rebuild"] = body }, cancellation);
        var rebuilt = answer["server"] as JsonObject ?? server;
        if (call[_wait])
        {
            await ServersAction.Wait(call, server.Id(), ["ACTIVE", "SHUTOFF"], "rebuilding server", cancellation);
            call.Terminal.Error.WriteLine("Complete");
        }

        return await ServerFields.Show(call.Cloud, rebuilt, cancellation);
    }

    private void NeedVersions(Call call)
    {
        var compute = call.Cloud.Compute;
        if (call.Has(_description)) compute.Need("2.19", "--description option");
        if (call.Has(_key)) compute.Need("2.54", "--key-name option");
        if (call[_noKey]) compute.Need("2.54", "--no-key-name option");
        if (call.Has(_data)) compute.Need("2.57", "--user-data option");
        if (call[_noData]) compute.Need("2.57", "--no-user-data option");
        if (call.Has(_certificates) || call[_noCertificates]) compute.Need("2.63", "--trusted-certs option");
        if (call.Has(_hostname)) compute.Need("2.90", "--hostname option");
    }
}
