using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Compute.Keypairs;

sealed class KeypairCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _name = syntax.Argument("<name>", "New key name");
    private readonly Option<string?> _publicKey = syntax.ValueIn("file", "--public-key", "<file>", "Add the public key of this file; without it a pair is made");
    private readonly Option<string?> _privateKey = syntax.ValueIn("file", "--private-key", "<file>", "Save the private key that is made into this file");
    private readonly Option<string?> _type = syntax.Value("--type", "<type>", "Kind of keypair (needs 2.2)", "ssh", "x509");
    private readonly UserOption _user = new(syntax, "Owner of the keypair (admin only) (name or ID) (needs 2.10)");

    public override string Description => "Create new public or private key for server ssh access";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        var compute = call.Cloud.Compute;
        compute.Prefer("2.2");
        if (call.Has(_type)) compute.Need("2.2", "--type option");
        if (_user.IsGiven(call)) compute.Need("2.10", "--user option");
        var body = new JsonObject { ["name"] = call[_name] };
        if (call[_publicKey] is { } file) body["public_key"] = Read(call, file);
        body.With("type", call[_type]).With("user_id", await _user.Id(call, cancellation));
        var keypair = (await compute.Post("/os-keypairs", new JsonObject { ["keypair"] = body }, cancellation))["keypair"]!.AsObject();
        if (call[_privateKey] is { } target) Save(call, target, keypair.Text("private_key") ?? "");
        if (call.Has(_publicKey) || call.Has(_privateKey)) return KeypairFields.Created(keypair);
        call.Terminal.Out.Write(keypair.Text("private_key"));
        return null;
    }

    private static string Read(Call call, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(call.Terminal.Folder, Home(call, file)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandError($"Key file {file} not found: {error.Message}");
        }
    }

    /// <summary>Only its owner may read a private key.</summary>
    private static void Save(Call call, string file, string key)
    {
        var path = Path.Combine(call.Terminal.Folder, Home(call, file));
        try
        {
            using var stream = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            using var writer = new StreamWriter(stream);
            writer.Write(key);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandError($"Key file {file} can not be saved: {error.Message}");
        }
    }

    private static string Home(Call call, string file) =>
        file.StartsWith("~/", StringComparison.Ordinal) ? (call.Terminal.Variable("HOME") ?? "") + file[1..] : file;
}
