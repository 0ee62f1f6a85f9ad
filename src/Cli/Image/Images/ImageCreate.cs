using Cumulet.Cli.Commands;
using Cumulet.Cli.Connection;
using Cumulet.Cli.Identity;
using Cumulet.Cli.Output;

namespace Cumulet.Cli.Image.Images;

sealed class ImageCreate(Syntax syntax) : ShowCommand(syntax)
{
    private readonly Argument<string> _name = syntax.Argument("<image-name>", "New image name");
    private readonly Option<string?> _id = syntax.Value("--id", "<id>", "Image ID to reserve");
    private readonly ImageOptions _options = new(syntax, "bare", "raw");
    private readonly Option<string?> _file = syntax.ValueIn("source", "--file", "<file>", "Upload the image from this file; - for the input");
    private readonly Option<string?> _volume = syntax.ValueIn("source", "--volume", "<volume>", "Create the image from this volume");
    private readonly Option<bool> _force = syntax.Flag("--force", "With --volume: even when the volume is in use");
    private readonly Option<bool> _progress = syntax.Flag("--progress", "Show the progress of the upload");
    private readonly Option<string[]> _tags = syntax.Values("--tag", "<tag>", "Tag the image (repeatable)");
    private readonly ProjectOption _project = new(syntax, "Project that owns the image (admin only) (name or ID)");
    private readonly Option<string?> _signKey = syntax.Value("--sign-key-path", "<sign-key-path>", "Private key to sign the image with (not built: refused)");
    private readonly Option<string?> _signCertificate = syntax.Value("--sign-cert-id", "<sign-cert-id>", "Certificate of the signature (not built: refused)");
    private readonly Option<bool> _import = syntax.Flag("--import", "Upload through the import of the Image service (glance-direct)");

    public override string Description => "Create/upload an image";

    protected override async Task<Record?> Show(Call call, CancellationToken cancellation)
    {
        // A signature is checked against a certificate in a key manager, and this cloud has none: an image must not look signed.
        if (call.Has(_signKey) || call.Has(_signCertificate))
            throw new CommandError("signing images is not supported here: create the image without --sign-key-path and --sign-cert-id");
        var fields = _options.Read(call);
        if (call[_volume] is { } volume) return await FromVolume(call, volume, fields, cancellation);
        fields["name"] = call[_name];
        fields.With("id", call[_id]).With("owner", await _project.Id(call, cancellation));
        if (call.Has(_tags)) fields["tags"] = JsonReading.Array(call[_tags].Distinct());
        var images = call.Cloud.Image;
        var data = Open(call);
        if (data is null) return ImageFields.Show(await images.Post("/images", fields, cancellation));
        await using (data)
        {
            var image = await images.Post("/images", fields, cancellation);
            await Upload(call, image.Id(), data, cancellation);
            return ImageFields.Show(await images.Get("/images/" + image.Id(), cancellation));
        }
    }

    /// <summary>An image that got no data would only lie about, so it goes again when the upload fails.</summary>
    private async Task Upload(Call call, string id, Stream data, CancellationToken cancellation)
    {
        var images = call.Cloud.Image;
        try
        {
            await ImageUpload.Send(call, $"/images/{id}/{(call[_import] ? "stage" : "file")}", data, call[_progress], cancellation);
            if (call[_import])
            {
                var method = new JsonObject { ["method"] = new JsonObject { ["name"] = "glance-direct" } };
                await images.Post($"/images/{id}/import", method, cancellation);
            }
        }
        catch (Exception error) when (error is ApiError or ConnectionError or IOException)
        {
            await images.Delete("/images/" + id, cancellation);
            throw;
        }
    }

    private Stream? Open(Call call)
    {
        if (call[_file] is not { } file) return call.Terminal.OpenInputFile();
        if (file == "-") return call.Terminal.OpenInput();
        var path = Path.Combine(call.Terminal.Folder, file);
        return File.Exists(path) ? File.OpenRead(path) : throw new CommandError($"Can't open '{file}': there is no such file");
    }

    private async Task<Record> FromVolume(Call call, string volume, JsonObject fields, CancellationToken cancellation)
    {
        var id = await call.Cloud.FindId(Resources.Volume, volume, cancellation);
        var request = new JsonObject
        {
            ["force"] = call[_force], ["image_name"] = call[_name],
            ["container_format"] = fields.Text("container_format"), ["disk_format"] = fields.Text("disk_format"),
        };
        if (fields.ContainsKey("visibility") || fields.ContainsKey("protected"))
        {
            call.Cloud.Volume.Need("3.1", "visibility and protection of an image from a volume");
            request.With("visibility", fields.Text("visibility")).With("protected", fields["protected"].Copy());
        }

        var answer = await call.Cloud.Volume.Post($"/volumes/{id}/action", new JsonObject { ["os-volume_upload_image"] = request }, cancellation);
        var info = answer["os-volume_upload_image"] as JsonObject ?? [];
        if (info["volume_type"] is JsonObject type) info["volume_type"] = type["name"].Copy();
        return Record.Sorted(info);
    }
}
